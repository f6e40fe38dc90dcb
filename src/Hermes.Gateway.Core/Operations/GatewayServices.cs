using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations;

/// <summary>The library's front door: runs one operation on any number of services.</summary>
/// <param name="host">The machine and the caller.</param>
/// <param name="runner">Starts every process.</param>
/// <param name="time">The clock.</param>
public sealed class GatewayServices(HostContext host, IProcessRunner runner, TimeProvider time)
{
    /// <summary>Receives the progress of the operations, their plans and their commands; null when no progress is wanted.</summary>
    public IOperationListener? Listener { get; init; }

    /// <summary>The service managers that requests can name.</summary>
    internal ServiceManagerRegistry Managers { get; init; } = ServiceManagerRegistry.BuiltIn;

    /// <summary>Runs an operation on services.</summary>
    /// <returns>The reports, in the order of <paramref name="requests"/>.</returns>
    public IReadOnlyList<ServiceReport> Run(
        Operation operation, IReadOnlyList<ServiceRequest> requests, CancellationToken cancellationToken)
    {
        using var prober = new HealthProber(runner);
        var reports = new ServiceReport[requests.Count];
        // A manager handles its services of one scope together, in as few commands as possible.
        foreach (var group in requests.Index().GroupBy(pair => (pair.Item.Manager, pair.Item.Definition.Scope, pair.Item.ManagerCommandPath)))
        {
            var commands = new CommandRecorder(runner, Listener is { } listener ? listener.Ran : null);
            var reconciler = new Reconciler(
                ManagerFor(group.First().Item, commands), host, new ServiceStore(host, time), prober, commands, time, Listener,
                new PythonDefinition());
            foreach (var (pair, report) in group.Zip(reconciler.Run(operation, [.. group.Select(pair => pair.Item)], cancellationToken)))
                reports[pair.Index] = report;
        }

        return reports;
    }

    /// <summary>The manager of a service, for questions that need no operation.</summary>
    internal static IServiceManager ManagerFor(
        ServiceRequest request, HostContext host, IProcessRunner runner, TimeProvider time) =>
        new GatewayServices(host, runner, time).ManagerFor(request, new CommandRecorder(runner));

    private IServiceManager ManagerFor(ServiceRequest request, CommandRecorder journal) => Managers.Get(request.Manager)
        .Create(new ManagerEnvironment(host, journal, time, request.Definition.Scope, request.ManagerCommandPath));
}

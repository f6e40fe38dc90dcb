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
        var groups = requests.Select((request, index) => new Position(index, request))
            .GroupBy(at => new Target(at.Request.Manager, at.Request.Definition.Scope, at.Request.ManagerCommandPath));
        foreach (var group in groups)
        {
            var commands = new CommandRecorder(runner, Listener is { } listener ? listener.Ran : null);
            var reconciler = new Reconciler(
                ManagerFor(group.First().Request, commands), host, new ServiceStore(host, time), prober, commands, time, Listener,
                new PythonDefinition());
            var results = reconciler.Run(operation, [.. group.Select(at => at.Request)], cancellationToken);
            var next = 0;
            foreach (var at in group) reports[at.Index] = results[next++];
        }

        return reports;
    }

    /// <summary>The manager of a service, for questions that need no operation.</summary>
    internal static IServiceManager ManagerFor(
        ServiceRequest request, HostContext host, IProcessRunner runner, TimeProvider time) =>
        new GatewayServices(host, runner, time).ManagerFor(request, new CommandRecorder(runner));

    private IServiceManager ManagerFor(ServiceRequest request, CommandRecorder commands) => Managers.Get(request.Manager)
        .Create(new ManagerEnvironment(host, commands, time, request.Definition.Scope, request.ManagerCommandPath));

    // Classes, because LINQ's methods over tuples with a value type are compiled at run time, in every build that deploys.
    private sealed record Position(int Index, ServiceRequest Request);

    private sealed record Target(string Manager, ServiceScope Scope, string? CommandPath);
}

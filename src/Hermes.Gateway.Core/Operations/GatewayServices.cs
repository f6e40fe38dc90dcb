using Hermes.Gateway.Core.Health;
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
    /// <summary>Hears of the operations while they are under way; null for nobody.</summary>
    public IOperationListener? Listener { get; init; }

    /// <summary>The service managers that requests can name.</summary>
    internal ServiceManagerRegistry Managers { get; init; } = ServiceManagerRegistry.BuiltIn;

    /// <summary>Runs <paramref name="operation"/>; the reports are in the order of <paramref name="requests"/>.</summary>
    public IReadOnlyList<ServiceReport> Run(
        Operation operation, IReadOnlyList<ServiceRequest> requests, CancellationToken cancellationToken)
    {
        using var prober = new HealthProber(runner);
        var reports = new Dictionary<ServiceRequest, ServiceReport>(ReferenceEqualityComparer.Instance);
        // One manager serves one scope; its services are handled together, in as few commands as possible.
        foreach (var group in ByManager(requests))
        {
            var journal = new CommandJournal(runner, Listener is { } listener ? listener.Ran : null);
            var reconciler = new Reconciler(
                ManagerFor(group[0], journal), host, new ServiceStore(host, time), prober, journal, time, Listener);
            var told = reconciler.Run(operation, group, cancellationToken);
            for (var i = 0; i < group.Count; i++) reports[group[i]] = told[i];
        }

        return [.. requests.Select(request => reports[request])];
    }

    private static List<List<ServiceRequest>> ByManager(IReadOnlyList<ServiceRequest> requests)
    {
        var groups = new List<List<ServiceRequest>>();
        foreach (var request in requests)
            if (groups.Find(group => HaveSameManager(group[0], request)) is { } group) group.Add(request);
            else groups.Add([request]);
        return groups;
    }

    private static bool HaveSameManager(ServiceRequest a, ServiceRequest b) =>
        a.Manager == b.Manager && a.Definition.Scope == b.Definition.Scope
        && a.ManagerCommandPath == b.ManagerCommandPath;

    /// <summary>The manager of a service, for questions that need no operation.</summary>
    internal static IServiceManager ManagerFor(
        ServiceRequest request, HostContext host, IProcessRunner runner, TimeProvider time) =>
        new GatewayServices(host, runner, time).ManagerFor(request, new CommandJournal(runner));

    private IServiceManager ManagerFor(ServiceRequest request, CommandJournal journal) => Managers.Get(request.Manager)
        .Create(new ManagerEnvironment(host, journal, time, request.Definition.Scope, request.ManagerCommandPath));
}

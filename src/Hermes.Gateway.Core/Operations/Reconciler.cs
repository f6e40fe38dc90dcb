using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Admitting;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations;

/// <summary>Runs an operation on services of one manager: admit, observe, compare, plan, apply, verify, report. Each phase handles all
/// services before the next one begins.</summary>
internal sealed class Reconciler(
    IServiceManager manager,
    HostContext host,
    ServiceStore store,
    HealthProber prober,
    CommandRecorder commands,
    TimeProvider time,
    IOperationListener? listener = null,
    IAdoptionHook? adoptionHook = null)
{
    private readonly ServiceObserver _observer = new(manager);
    private readonly OperationJournal _journal = new(store, time);
    private readonly HistoryRecorder _history = new(host, time);
    private readonly ReleaseStore _releases = new(host, commands, time);

    private OperationCompletion Completion => new(store, _releases, _journal, host, time);

    /// <summary>Runs the operation. A failure is in its service's report and stops no other; a cancellation is in all.</summary>
    /// <returns>The reports, in the order of <paramref name="requests"/>.</returns>
    public IReadOnlyList<ServiceReport> Run(
        Operation operation, IReadOnlyList<ServiceRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count == 0) return [];
        var (start, began) = (time.GetTimestamp(), time.GetUtcNow());
        var services = requests.Select(request =>
            new ServiceOperation(
                request, manager.Describe(request.Definition) with { Release = request.Release }, new Deadline(time, request.Timeout))).ToList();
        var locks = new List<ServiceLock>();
        try
        {
            RunPhasesUntilCancelled(operation, services, locks, cancellationToken);
            var builder = new ReportBuilder(operation, manager, new CommandReports(commands.Results));
            var reports = BoundedParallel.Select(
                services, (service, _) => builder.Build(service, time.GetElapsedTime(start), time.GetUtcNow()));
            // While the locks are held, so that the records of a service are in the order of its operations.
            return operation.MayChange ? _history.Keep(services, reports, began) : reports;
        }
        finally
        {
            foreach (var held in locks) held.Dispose();
            // The observations of a thousand services are not kept while their reports are shown.
            services.Clear();
        }
    }

    private void RunPhasesUntilCancelled(
        Operation operation, List<ServiceOperation> services, List<ServiceLock> locks, CancellationToken cancellationToken)
    {
        try
        {
            RunPhases(operation, services, locks, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The verified ones are complete; the entries of the others stay in the journal.
            if (operation.MayChange) Completion.Complete(operation, services.FindAll(service => service is { Verdict.IsMet: true, HasFailed: false }));
            foreach (var service in services.Where(service => !service.IsSettled))
                service.Verdict = service.Verdict.With(Canceled(operation, service)) with { IsCancelled = true };
        }
    }

    private void RunPhases(
        Operation operation, List<ServiceOperation> services, List<ServiceLock> locks, CancellationToken cancellationToken)
    {
        var progress = new Progress(operation, listener, time);
        var planner = new ServicePlanner(manager, host, adoptionHook, operation);
        var verifier = new Verifier(manager, _observer, host, prober, time, operation, progress);

        new Admitter(manager, host, store, _journal).Admit(operation, services, locks, cancellationToken);
        ObserveFirst(services, cancellationToken);
        planner.Plan(services);
        planner.ProbePrograms(services, commands, Executor.CommandDeadline(services).Remaining, cancellationToken);
        if (operation.Has(OperationPhases.Apply)) Apply(operation, services, planner, progress, cancellationToken);
        if (operation.Has(OperationPhases.Verify)) verifier.Verify(services, cancellationToken);
        if (operation.Has(OperationPhases.Apply)) new Rollback(manager, _observer, time).Run(services, cancellationToken);
        if (operation.Has(OperationPhases.Describe)) verifier.Describe(services, cancellationToken);
        if (operation.Has(OperationPhases.Apply)) Completion.Complete(operation, services);
    }

    private void Apply(
        Operation operation, List<ServiceOperation> services, ServicePlanner planner, Progress progress, CancellationToken cancellationToken)
    {
        var executor = new Executor(manager, host, store, _releases, _journal, adoptionHook, time, operation, progress);
        Announce(services, services, progress);
        var changed = executor.ApplyFirst(services, cancellationToken);
        if (changed.Count > 0)
        {
            // Lingering may have started the user's manager, which could not be observed before.
            ObserveFirst(changed, cancellationToken);
            planner.Plan(changed, mayEnableLinger: false);
            Announce(changed, services, progress);
        }

        executor.Apply(services, cancellationToken);
    }

    private void ObserveFirst(List<ServiceOperation> services, CancellationToken cancellationToken) => _observer.Observe(
        services, ObservationDeadline.OfFirst(services.Count, Executor.CommandDeadline(services)), cancellationToken);

    private void Announce(List<ServiceOperation> planned, List<ServiceOperation> all, Progress progress)
    {
        progress.Plan(all);
        foreach (var service in planned.Where(service => !service.IsSettled))
            listener?.Planned(
                service.Request,
                service.Plan.Plan with { Steps = [.. service.Plan.Plan.Steps.Select(service.Redaction.Of)] },
                [.. service.Findings.Select(service.Redaction.Of)]);
    }

    private static Finding Canceled(Operation operation, ServiceOperation service) => DiagnosticCatalog.Canceled.Warning(
        $"{operation.Verb} of {service.Definition.Name} was cancelled half-way; running it again completes it.",
        service.Request.DeployCommand);
}

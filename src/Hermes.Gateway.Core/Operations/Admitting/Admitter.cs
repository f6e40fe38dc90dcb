using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations.Admitting;

/// <summary>The phase before the first observation: checks what forbids the operation on this machine, locks the services, and
/// reads what earlier operations recorded.</summary>
internal sealed class Admitter(IServiceManager manager, HostContext host, ServiceStore store, OperationJournal journal)
{
    /// <param name="operation">The operation.</param>
    /// <param name="services">Its services.</param>
    /// <param name="locks">Receives the locks that are taken; the caller releases them.</param>
    /// <param name="cancellationToken">Ends the waiting for locks.</param>
    public void Admit(
        Operation operation, IReadOnlyList<ServiceOperation> services, ICollection<ServiceLock> locks, CancellationToken cancellationToken)
    {
        if (operation.Has(OperationPhases.Plan))
            foreach (var service in services) service.Admission = CheckHost(operation, service);
        if (operation.MayChange) Lock(services, locks, cancellationToken);
        else CheckState(services);

        foreach (var service in services.Where(service => !service.Admission.IsStateUntrusted))
        {
            // Not before the lock is held: its earlier holder may have started another process.
            service.Admission = service.Admission with { LastVerifiedStart = store.ReadVerifiedStart(service.Definition) };
            if (!service.HasFailed) service.Admission = journal.ReadInterrupted(operation, service);
        }
    }

    private Admission CheckHost(Operation operation, ServiceOperation service)
    {
        var admission = service.Admission.With(Preflight.Check(operation, service.Request, host));
        return !admission.HasFailed && operation.Goal.IncludesDefinition()
            ? admission.With(manager.FindWarnings(service.Definition))
            : admission;
    }

    private void Lock(IReadOnlyList<ServiceOperation> services, ICollection<ServiceLock> locks, CancellationToken cancellationToken)
    {
        // Always in the same order, so that two calls with the same services cannot wait for each other.
        foreach (var service in services.OrderBy(service => service.Desired.DefinitionPath, StringComparer.Ordinal))
        {
            if (service.HasFailed) continue;
            // Waiting for all locks takes at most half of the timeout; the rest is for the operation.
            var longest = service.Request.Timeout / 2;
            try
            {
                locks.Add(store.Lock(service.Desired, longest - service.Deadline.Elapsed, cancellationToken));
            }
            catch (LockHeldException e)
            {
                service.Admission = service.Admission.With(DiagnosticCatalog.Locked.Error(
                    $"another operation on {service.Definition.Name} is under way ({e.Holder}) and did not end within "
                    + $"{longest.TotalSeconds:0.#} s.",
                    "wait for it, then run this again"));
            }
            catch (UntrustedPathException e)
            {
                service.Admission = service.Admission.With(StateFindings.NotTrusted(service.Desired, e)) with { IsStateUntrusted = true };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                var folder = store.FolderOf(service.Definition);
                service.Admission = service.Admission.With(DiagnosticCatalog.StateFolderUnusable.Error(
                    $"the folder {folder} for locks and backups cannot be used: {e.Message}",
                    $"ls -ld {ShellText.Quote([folder])}"));
            }

            service.Admission = service.Admission.With(StateFindings.TakeRepairs(store));
            if (FindOtherRelease(service) is { } other) service.Admission = service.Admission.With(other);
        }
    }

    // The request was made before the lock was held.
    private static Finding? FindOtherRelease(ServiceOperation service) =>
        service.Request.Release is { Content: null } release && release.Folders.ReadCurrent() is { } current
        && current != release.Current && current != release.Revision
            ? DiagnosticCatalog.DefinitionChanged.Error(
                $"another operation brought release {current} of {service.Definition.Name} while this one waited for it. Nothing was changed.",
                release.IsManualRollback ? service.Request.DeployCommand : "run this again")
            : null;

    // An operation that changes nothing repairs no rights either; it ignores state that another account could have written.
    private void CheckState(IReadOnlyList<ServiceOperation> services)
    {
        if (store.FindUntrustedState(services[0].Definition.Scope) is not { } untrusted) return;
        foreach (var service in services) service.Admission = service.Admission with { IsStateUntrusted = true };
        services[0].Admission = services[0].Admission.With(DiagnosticCatalog.PathNotTrusted.Warning(
            $"{untrusted.Message}. Nothing that is kept there is used.", untrusted.Repair));
    }
}

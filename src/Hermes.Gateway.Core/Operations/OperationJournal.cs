using Hermes.Gateway.Core.Operations.Admitting;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations;

/// <summary>Keeps a journal entry on disk from before an operation's first change until its end, so that the next operation can
/// report an interrupted one, and restore the state before it.</summary>
internal sealed class OperationJournal(ServiceStore store, TimeProvider time)
{
    /// <summary>Reads the entry of an interrupted operation on <paramref name="service"/> into its admission.</summary>
    public Admission ReadInterrupted(Operation operation, ServiceOperation service)
    {
        var (definition, admission) = (service.Definition, service.Admission);
        try
        {
            if (store.ReadJournalEntry(definition) is not { } entry) return admission;
            // Without a lock of its own, an operation that changes nothing may find the entry of one that is running.
            if (!operation.MayChange && store.IsLocked(service.Desired)) return admission;
            if (entry.LastGood is { } good && !store.CanRestore(definition, good))
            {
                // A rollback would restore and start it.
                entry = entry with { LastGood = null };
                admission = admission.With(DiagnosticCatalog.RecordNotTrusted.Warning(
                    $"the journal entry of an interrupted operation on {definition.Name} holds a definition that no operation of this "
                    + "project recorded. A rollback will not restore it.",
                    service.Request.DeployCommand));
            }

            return admission.With(DiagnosticCatalog.Interrupted.Warning(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"a {entry.Verb} of {definition.Name}, begun {entry.Began:u} by process {entry.ProcessId}, was cut short"
                    + $"{(Completes(operation.Goal) && operation.MayChange ? "; this one goes on from what is there" : "")}."),
                entry.ChosenRelease is { } chosen && ReleaseContent.IsRevision(chosen)
                    ? ServiceRequest.RollbackCommand(definition.Source, chosen)
                    : service.Request.DeployCommand)) with { Interrupted = entry };
        }
        catch (UntrustedPathException e)
        {
            return admission.With(DiagnosticCatalog.RecordNotTrusted.Warning(
                $"the journal entry of an operation on {definition.Name} is not used: {e.Message}."
                + (operation.MayChange ? " It is removed." : ""),
                operation.MayChange
                    ? $"ls -la {ShellText.Quote([Path.GetDirectoryName(e.Path)!])}"
                    : service.Request.DeployCommand)) with { HasUntrustedEntry = true };
        }
    }

    /// <summary>Writes the entry of an operation that is about to change something.</summary>
    /// <returns>The execution, with what a rollback needs.</returns>
    public Execution Begin(Operation operation, ServiceOperation service)
    {
        var definition = service.Definition;
        var execution = service.Execution with
        {
            HasJournalEntry = true,
            // What worked before an interrupted operation is still the last state that is known to work.
            LastGood = service.Admission.Interrupted?.LastGood ?? RestorableState.Of(
                service.Before!.Observation, service.Admission.LastVerifiedStart, service.Request.Stability, time.GetUtcNow()),
            WrittenText = operation.Goal.IncludesProcess() ? FindInterruptedText(service) : null,
        };
        var entry = new JournalEntry(
            operation.Verb, time.GetUtcNow(), Environment.ProcessId, execution.LastGood,
            service.Request.Release is { IsManualRollback: true } chosen ? chosen.Revision : null);
        var failure = StateFindings.OfFailure(service.Desired, () => store.WriteJournalEntry(definition, entry), e =>
            DiagnosticCatalog.StateFolderUnusable.Error(
                $"the folder {store.FolderOf(definition)}, in which operations are noted before they change anything, cannot be "
                + $"used: {e.Message}. Nothing was changed.",
                $"ls -ld {ShellText.Quote([store.FolderOf(definition)])}"));
        if (failure is not null) execution = execution.With(failure);
        return execution.With(StateFindings.TakeRepairs(store));
    }

    /// <summary>Removes the entry. That of an interrupted operation stays until an operation completes.</summary>
    public void End(Operation operation, ServiceOperation service)
    {
        var isComplete = (!service.HasFailed && Completes(operation.Goal)) || service.Rollback is { IsComplete: true };
        if (service.Admission.Interrupted is { } earlier && !isComplete)
        {
            if (service.Execution.HasJournalEntry) store.RestoreJournalEntry(service.Definition, earlier);
        }
        else if (service.Execution.HasJournalEntry || service.Admission.HasUntrustedEntry || service.Admission.Interrupted is not null)
        {
            store.DeleteJournalEntry(service.Definition);
        }
    }

    // The interrupted operation may have written the desired definition, which then has not proved to work either.
    private static string? FindInterruptedText(ServiceOperation service) =>
        service.Admission.Interrupted?.LastGood is { } good
        && service.Before is { States.Installed: InstalledState.Current, Observation.Installed.Text: { } text } && text != good.Text ? text : null;

    private static bool Completes(Goal goal) => goal.IncludesDefinition() || goal == Goal.Absent;
}

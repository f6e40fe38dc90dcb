using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>What is on record from before an operation's first change until its end, so that one that is cut short is
/// told by the next, and what worked before it is known.</summary>
internal sealed class Transaction(ServiceStore store, TimeProvider time)
{
    /// <summary>Tells of an earlier operation that never came to its end.</summary>
    public void TellOfInterrupted(Operation operation, ServiceRun run)
    {
        if (run.IsSettled || store.ReadUnderWay(run.Desired.Definition) is not { } record) return;
        // A verb that changes nothing holds no lock; what it sees may be in full swing.
        if (!operation.MayChange && store.IsLocked(run.Desired)) return;
        run.Interrupted = record;
        run.Add(DiagnosticCatalog.Interrupted.Warning(
            string.Create(
                CultureInfo.InvariantCulture,
                $"a {record.Verb} of {run.Desired.Definition.Name}, begun {record.Began:u} by process {record.ProcessId}, was cut short"
                + $"{(Completes(operation.Goal) && operation.MayChange ? "; this one goes on from what is there" : "")}."),
            run.Request.DeployCommand));
    }

    /// <summary>Notes what is about to happen, and what can be gone back to.</summary>
    public void Begin(Operation operation, ServiceRun run)
    {
        if (run.IsSettled || run.Plan.Steps.IsEmpty) return;
        var definition = run.Desired.Definition;
        // What worked before an operation that was cut short is still the last that is known to.
        run.LastGood = run.Interrupted?.LastGood
            ?? GoodState.Of(run.Before!.Seen, run.Recorded, run.Request.Stability, time.GetUtcNow());
        if (operation.Goal is Goal.Running or Goal.Restarted) run.Written = WrittenBefore(run);
        try
        {
            run.HasBegun = true;
            store.Begin(definition, new OperationRecord(operation.Verb, time.GetUtcNow(), Environment.ProcessId, run.LastGood));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            run.Fail(DiagnosticCatalog.StateFolderUnusable.Error(
                $"the folder {store.FolderOf(definition)}, in which operations are noted before they change anything, cannot be "
                + $"used: {e.Message}. Nothing was changed.",
                $"ls -ld {ShellText.Quote([store.FolderOf(definition)])}"));
        }
    }

    /// <summary>Notes the end. What was cut short before stays on record until an operation goes all its way.</summary>
    public void End(Operation operation, ServiceRun run)
    {
        var isComplete = (!run.HasFailed && Completes(operation.Goal)) || run.IsRolledBack;
        if (run.Interrupted is { } earlier && !isComplete)
        {
            if (run.HasBegun) store.BeginAgain(run.Desired.Definition, earlier);
        }
        else if (run.HasBegun || run.Interrupted is not null)
        {
            store.End(run.Desired.Definition);
        }
    }

    // What is wanted is on disk already, from the operation that was cut short, and may be no better than that.
    private static string? WrittenBefore(ServiceRun run) =>
        run.Interrupted?.LastGood is { } good && run.Before is { States.Installed: InstalledState.Current, Seen.Installed.Text: { } text }
        && text != good.Text ? text : null;

    private static bool Completes(Goal goal) => goal is Goal.Installed or Goal.Running or Goal.Restarted or Goal.Absent;
}

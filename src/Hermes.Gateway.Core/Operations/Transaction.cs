using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations;

/// <summary>What is on record from before an operation's first change until its end, so that one that is cut short is
/// told by the next, and what worked before it is known.</summary>
internal sealed class Transaction(ServiceStore store, TimeProvider time)
{
    /// <summary>Tells of an earlier operation that never came to its end.</summary>
    public void TellOfInterrupted(Operation operation, ServiceRun run)
    {
        if (run.IsSettled || run.IsStateUntrusted) return;
        try
        {
            if (store.ReadJournalEntry(run.Desired.Definition) is not { } record) return;
            // A verb that changes nothing holds no lock; what it sees may be in full swing.
            if (!operation.MayChange && store.IsLocked(run.Desired)) return;
            run.Interrupted = WithoutUnknownDefinition(run, record);
            run.Add(DiagnosticCatalog.Interrupted.Warning(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"a {record.Verb} of {run.Desired.Definition.Name}, begun {record.Began:u} by process {record.ProcessId}, was cut short"
                    + $"{(Completes(operation.Goal) && operation.MayChange ? "; this one goes on from what is there" : "")}."),
                run.Request.DeployCommand));
        }
        catch (UntrustedPathException e)
        {
            run.HasUntrustedRecord = true;
            run.Add(DiagnosticCatalog.RecordNotTrusted.Warning(
                $"the journal entry of an operation on {run.Desired.Definition.Name} is not used: {e.Message}."
                + (operation.MayChange ? " It is removed." : ""),
                operation.MayChange
                    ? $"ls -la {ShellText.Quote([Path.GetDirectoryName(e.Path)!])}"
                    : run.Request.DeployCommand));
        }
    }

    // The definition in a journal entry is restored, and run, when the operation fails.
    private OperationRecord WithoutUnknownDefinition(ServiceRun run, OperationRecord record)
    {
        var definition = run.Desired.Definition;
        if (record.LastGood is not { } good || store.CanRestore(definition, good)) return record;
        run.Add(DiagnosticCatalog.RecordNotTrusted.Warning(
            $"the journal entry of an interrupted operation on {definition.Name} holds a definition that no operation of this project "
            + "recorded. A rollback will not restore it.",
            run.Request.DeployCommand));
        return record with { LastGood = null };
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
            store.WriteJournalEntry(definition, new OperationRecord(operation.Verb, time.GetUtcNow(), Environment.ProcessId, run.LastGood));
        }
        catch (UntrustedPathException e)
        {
            run.Fail(NotTrusted(run.Desired, e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            run.Fail(DiagnosticCatalog.StateFolderUnusable.Error(
                $"the folder {store.FolderOf(definition)}, in which operations are noted before they change anything, cannot be "
                + $"used: {e.Message}. Nothing was changed.",
                $"ls -ld {ShellText.Quote([store.FolderOf(definition)])}"));
        }

        AddRepairFindings(run);
    }

    /// <summary>Removes other accounts' write access to the definition's folder, or fails the run. A missing folder is checked when
    /// it is made.</summary>
    public void SecureDefinition(Operation operation, ServiceRun run)
    {
        if (run.IsSettled || operation.Goal is Goal.Stopped or Goal.Absent) return;
        var path = run.Now!.Seen.DefinitionPath;
        try
        {
            if (Directory.Exists(Path.GetDirectoryName(path))) store.MakeDefinitionFolder(path);
        }
        catch (UntrustedPathException e)
        {
            run.Fail(NotTrusted(run.Desired, e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            run.Fail(DiagnosticCatalog.DefinitionNotWritable.Error(
                $"the rights of the folder of {path} cannot be changed: {e.Message} Nothing was changed.",
                $"ls -ld {ShellText.Quote([Path.GetDirectoryName(path)!])}"));
        }

        AddRepairFindings(run);
    }

    /// <summary>Adds a finding for each folder that was open to other accounts and no longer is.</summary>
    public void AddRepairFindings(ServiceRun run)
    {
        foreach (var repair in store.TakeRepairs())
            run.Add(repair.WasWritable
                ? DiagnosticCatalog.RightsTakenBack.Warning(
                    $"other accounts could write to {repair}, as an earlier version left it under an umask such as 000. Check its content; "
                    + "files of other accounts in it are ignored.",
                    $"ls -la {ShellText.Quote([repair.Path])}")
                : DiagnosticCatalog.RightsTakenBack.Info($"other accounts could read {repair}."));
    }

    /// <summary>Makes the error for a path that another account could change.</summary>
    public static Finding NotTrusted(DesiredService desired, UntrustedPathException refusal) => DiagnosticCatalog.PathNotTrusted.Error(
        $"{refusal.Message}. Another account could change what {desired.Definition.Name} runs. Nothing was changed.", refusal.Repair);

    /// <summary>Notes the end. What was cut short before stays on record until an operation goes all its way.</summary>
    public void End(Operation operation, ServiceRun run)
    {
        var isComplete = (!run.HasFailed && Completes(operation.Goal)) || run.IsRolledBack;
        if (run.Interrupted is { } earlier && !isComplete)
        {
            if (run.HasBegun) store.RestoreJournalEntry(run.Desired.Definition, earlier);
        }
        else if (run.HasBegun || run.HasUntrustedRecord || run.Interrupted is not null)
        {
            store.DeleteJournalEntry(run.Desired.Definition);
        }
    }

    // What is wanted is on disk already, from the operation that was cut short, and may be no better than that.
    private static string? WrittenBefore(ServiceRun run) =>
        run.Interrupted?.LastGood is { } good && run.Before is { States.Installed: InstalledState.Current, Seen.Installed.Text: { } text }
        && text != good.Text ? text : null;

    private static bool Completes(Goal goal) => goal is Goal.Installed or Goal.Running or Goal.Restarted or Goal.Absent;
}

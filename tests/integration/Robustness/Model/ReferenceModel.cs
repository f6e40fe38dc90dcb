using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Robustness.Model;

/// <summary>An operation with its report and the snapshots before and after it.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Before">The snapshot before it.</param>
/// <param name="After">The snapshot after it.</param>
/// <param name="Wanted">The definition of the build.</param>
/// <param name="Report">The report.</param>
/// <param name="HadFault">Whether one of its commands was made to fail.</param>
/// <param name="LoadingStarts">Whether the service manager starts a service when it loads the definition.</param>
/// <param name="IsVerified">Whether an earlier operation has verified the process that ran before.</param>
/// <param name="CanGoBack">Whether the program of the previous definition exists.</param>
internal sealed record CompletedOperation(
    Operation Operation, Snapshot Before, Snapshot After, DefinitionMarks Wanted, ServiceReport Report, bool HadFault, bool LoadingStarts, bool IsVerified,
    bool CanGoBack);

/// <summary>Predicts the outcome of an operation and the state after it from the layers before it and the goal, without steps,
/// commands or diagnostic codes.</summary>
internal static class ReferenceModel
{
    /// <summary>Describes every difference between the operation and the prediction.</summary>
    public static IEnumerable<string> Violations(CompletedOperation completed) =>
        [.. OfOutcome(completed), .. OfSuccess(completed), .. OfFailure(completed), .. OfClaims(completed)];

    private static bool IsBroken(CompletedOperation completed) => completed.Wanted.Definition == ObservedService.Broken;

    private static bool IsStarting(CompletedOperation completed) => completed.Operation.Goal is Goal.Running or Goal.Restarted && completed.Operation.MayChange;

    private static bool IsWriting(CompletedOperation completed) => IsStarting(completed) || completed.Operation is { Goal: Goal.Installed, MayChange: true };

    // With a faulty command, every operation may fail; the state after it is checked in any case.
    private static IEnumerable<string> OfOutcome(CompletedOperation completed)
    {
        var (outcome, allowed) = (completed.Report.Outcome, Allowed(completed));
        var isExcused = completed.HadFault && outcome is Outcome.Failed or Outcome.RolledBack;
        // A falsely reported failure can hide drift, or cause a step that was not needed.
        var isOtherSuccess = completed.HadFault && outcome is Outcome.Changed or Outcome.Unchanged && allowed.Any(IsSuccess);
        if (!allowed.Contains(outcome) && !isExcused && !isOtherSuccess)
            yield return $"the outcome is {outcome} instead of {string.Join(" or ", allowed)}";
    }

    private static bool IsSuccess(Outcome outcome) => outcome is Outcome.Changed or Outcome.Unchanged;

    private static Outcome[] Allowed(CompletedOperation completed)
    {
        var (operation, before, wanted) = (completed.Operation, completed.Before, completed.Wanted);
        Outcome[] changed = [Outcome.Changed], unchanged = [Outcome.Unchanged], failed = [Outcome.Failed];
        Outcome[] either = [Outcome.Changed, Outcome.Unchanged];
        if (operation.Goal == Goal.Observed) return unchanged;
        if (operation.Phases == OperationPhases.Plan) return before.IsMasked ? failed : unchanged;
        // While the manager reads the definition again, or has to, the loaded layer is not predictable.
        var isOpen = before.IsChanging || (before.NeedsReload && before.IsInstalled(wanted));
        if (operation.Phases == OperationPhases.Verify)
            return isOpen ? [.. unchanged, .. failed] : before.Runs(wanted) && before.IsEnabled && !IsBroken(completed) ? unchanged : failed;
        if (operation.Goal == Goal.Stopped)
            return before.IsChanging ? either : before.ProcessId != 0 || (completed.LoadingStarts && before.Loaded is not null) ? either : unchanged;
        if (before.IsMasked) return failed;
        if (operation.Goal == Goal.Absent) return before.IsGone && !before.IsEnabled ? unchanged : before.IsGone ? either : changed;
        // launchd does not load a disabled service, so every operation that loads it enables it.
        var isToEnable = (operation.Enable || completed.LoadingStarts) && !before.IsEnabled;
        if (operation.Goal == Goal.Installed) return isOpen ? either : before.IsInstalled(wanted) && !isToEnable ? unchanged : changed;
        if (IsBroken(completed)) return Broken(completed);
        if (operation.Goal == Goal.Restarted) return changed;
        return isOpen ? either : before.Runs(wanted) && !isToEnable ? unchanged : changed;
    }

    private static Outcome[] Broken(CompletedOperation completed)
    {
        var before = completed.Before;
        if (before.Disk is null || before.Disk == completed.Wanted with { Extra = before.HasDropIn } || before.ProcessId == 0)
            return [Outcome.Failed];
        return completed.IsVerified && before.Runs(before.Disk) && completed.CanGoBack ? [Outcome.RolledBack] : [Outcome.RolledBack, Outcome.Failed];
    }

    private static IEnumerable<string> OfSuccess(CompletedOperation completed)
    {
        var (operation, before, after) = (completed.Operation, completed.Before, completed.After);
        if (!IsSuccess(completed.Report.Outcome)) yield break;
        switch (operation)
        {
            case { MayChange: false }:
                if (operation.Phases == OperationPhases.Verify && !(after.Runs(completed.Wanted) && after.IsEnabled)) yield return "it does not run as wanted";
                break;
            case { Goal: Goal.Absent }:
                if (!after.IsGone) yield return "something of it is left";
                if (after.IsEnabled && !completed.LoadingStarts) yield return "it is still enabled";
                break;
            case { Goal: Goal.Stopped }:
                if (after.ProcessId != 0 || after.IsChanging) yield return "it is not stopped";
                if (after.Text != before.Text) yield return "a stop changed the definition";
                break;
            case { Goal: Goal.Installed }:
                if (!after.IsInstalled(completed.Wanted)) yield return "it is not installed as wanted";
                if (!after.IsEnabled) yield return "it is not enabled";
                if (!completed.LoadingStarts && !after.IsChanging && !before.IsChanging && after.ProcessId != before.ProcessId)
                    yield return "an install changed the process";
                break;
            default:
                if (!after.Runs(completed.Wanted)) yield return "it does not run as wanted";
                if (operation.Enable && !after.IsEnabled) yield return "it is not enabled";
                if (operation.Goal == Goal.Restarted && after.ProcessId == before.ProcessId) yield return "the process is the same";
                break;
        }

        if (completed.Report.Outcome == Outcome.Unchanged && operation.MayChange && !after.IsSameAs(before)) yield return "the outcome is unchanged, and the state has changed";
    }

    private static IEnumerable<string> OfFailure(CompletedOperation completed)
    {
        var (before, after) = (completed.Before, completed.After);
        if (!completed.Operation.MayChange)
        {
            if (!after.IsSameAs(before)) yield return "a read-only operation changed the state";
            yield break;
        }

        if (IsSuccess(completed.Report.Outcome)) yield break;
        if (completed.Report.Outcome == Outcome.RolledBack)
        {
            if (after.Text != before.Text) yield return "rolled back, and the definition is not the one before";
            if (after.ProcessId == 0 || after.IsChanging) yield return "rolled back, and nothing runs";
            if (after.Process?.Definition != before.Disk?.Definition) yield return "rolled back, and another definition runs";
            if (!IsWriting(completed)) yield return "an operation that writes no definition was rolled back";
            if (completed is { Operation.Goal: Goal.Installed, LoadingStarts: false } && !before.IsChanging && after.ProcessId != before.ProcessId)
                yield return "the rollback of an install changed the process";
        }

        if (before.IsMasked && !after.IsSameAs(before)) yield return "a masked service was changed";
        var isNew = after.Disk == completed.Wanted with { Extra = after.HasDropIn };
        var isRemoved = completed.Operation.Goal == Goal.Absent && after.Text is null;
        if (after.Text != before.Text && !isNew && !isRemoved) yield return "the definition is neither the old one nor the new";
    }

    // Compares the layers in the report with the snapshot. Unknown is compatible with every state.
    private static IEnumerable<string> OfClaims(CompletedOperation completed)
    {
        var (said, after, wanted) = (completed.Report.After, completed.After, completed.Wanted with { Extra = completed.After.HasDropIn });
        if (said.Installed == InstalledState.Current && after.Disk != wanted) yield return "the report says that the installed definition is current";
        if (said.Installed == InstalledState.Missing && after.Text is not null && completed.Report.ProcessId is not null)
            yield return "the report says that the definition is missing";
        if (said.Enabled != Answer.Unknown && after.Text is not null && said.Enabled == Answer.Yes != after.IsEnabled)
            yield return $"the report says that it is enabled: {said.Enabled}";
        // systemd unloads an inactive unit that is not enabled at any moment, and loads it from disk for the next query.
        var isForgotten = after is { ProcessId: 0, IsEnabled: false } && after.Loaded == after.Disk;
        if (said.Loaded == LoadedState.Current && after.Loaded != wanted && !isForgotten) yield return "the report says that the loaded definition is current";
        if (completed.Before.IsChanging || after.IsChanging || IsBroken(completed)) yield break;
        // A masked unit has no loaded definition; the process may then lack the drop-in on disk.
        var running = after.Loaded ?? (wanted with { Extra = after.Process?.Extra == true });
        if (said.Running == RunningState.Current && after.Process != wanted && after.Process != running)
            yield return "the report says that the process is current";
        if (said.Running == RunningState.No && after.ProcessId != 0) yield return "the report says that nothing runs";
        // With the running state unknown, the reported process may be exiting.
        if (said.Running != RunningState.Unknown && completed.Report.ProcessId is { } process && process != after.ProcessId) yield return $"the report says that {process} is the process";
    }
}

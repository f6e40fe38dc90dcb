using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>What was so before a verb, what it said, and what is so after it.</summary>
/// <param name="Operation">The verb.</param>
/// <param name="Before">The look before.</param>
/// <param name="After">The look after.</param>
/// <param name="Wanted">What the build wanted.</param>
/// <param name="Report">What was reported.</param>
/// <param name="HadFault">Whether one of its commands was made to fail.</param>
/// <param name="LoadingStarts">A trait of the manager.</param>
/// <param name="IsVerified">Whether the process before is one that a verb has proven.</param>
/// <param name="CanGoBack">Whether the program of the definition before is still there.</param>
internal sealed record Deed(
    Operation Operation, Look Before, Look After, Trace Wanted, ServiceReport Report, bool HadFault, bool LoadingStarts, bool IsVerified,
    bool CanGoBack);

/// <summary>The reference: how a verb has to end, and what it then has to leave. It knows four layers and a goal, and nothing
/// of steps, commands or codes.</summary>
internal static class Reference
{
    /// <summary>Everything that is not as it has to be.</summary>
    public static IEnumerable<string> Violations(Deed deed) =>
        [.. OfOutcome(deed), .. OfSuccess(deed), .. OfFailure(deed), .. OfClaims(deed)];

    private static bool IsBroken(Deed deed) => deed.Wanted.Definition == Subject.Broken;

    private static bool IsStarting(Deed deed) => deed.Operation.Goal is Goal.Running or Goal.Restarted && deed.Operation.MayChange;

    private static bool IsWriting(Deed deed) => IsStarting(deed) || deed.Operation is { Goal: Goal.Installed, MayChange: true };

    // A command that fails may turn any end into a failure; what is left of it is then checked all the same.
    private static IEnumerable<string> OfOutcome(Deed deed)
    {
        var (outcome, allowed) = (deed.Report.Outcome, Allowed(deed));
        var isExcused = deed.HadFault && outcome is Outcome.Failed or Outcome.RolledBack;
        // A lie can hide what was there to be done, and make a step be taken that was not needed.
        var isNear = deed.HadFault && outcome is Outcome.Changed or Outcome.Unchanged && allowed.Any(IsSuccess);
        if (!allowed.Contains(outcome) && !isExcused && !isNear)
            yield return $"it ended as {outcome}, and should have as {string.Join(" or ", allowed)}";
    }

    private static bool IsSuccess(Outcome outcome) => outcome is Outcome.Changed or Outcome.Unchanged;

    private static Outcome[] Allowed(Deed deed)
    {
        var (operation, before, wanted) = (deed.Operation, deed.Before, deed.Wanted);
        Outcome[] changed = [Outcome.Changed], unchanged = [Outcome.Unchanged], failed = [Outcome.Failed];
        Outcome[] either = [Outcome.Changed, Outcome.Unchanged];
        if (operation.Goal == Goal.Observed) return unchanged;
        if (operation.Phases == OperationPhases.Plan) return before.IsMasked ? failed : unchanged;
        // What is being read anew, or would have to be, is nowhere yet.
        var isOpen = before.IsInFlight || (before.NeedsReload && before.IsInstalled(wanted));
        if (operation.Phases == OperationPhases.Verify)
            return isOpen ? [.. unchanged, .. failed] : before.Runs(wanted) && before.IsEnabled && !IsBroken(deed) ? unchanged : failed;
        if (operation.Goal == Goal.Stopped)
            return before.IsInFlight ? either : before.ProcessId != 0 || (deed.LoadingStarts && before.Held is not null) ? either : unchanged;
        if (before.IsMasked) return failed;
        if (operation.Goal == Goal.Absent) return before.IsGone && !before.IsEnabled ? unchanged : before.IsGone ? either : changed;
        // Where a disabled service is not even loaded, every verb that wants it loaded enables it.
        var isToEnable = (operation.Enable || deed.LoadingStarts) && !before.IsEnabled;
        if (operation.Goal == Goal.Installed) return isOpen ? either : before.IsInstalled(wanted) && !isToEnable ? unchanged : changed;
        if (IsBroken(deed)) return Broken(deed);
        if (operation.Goal == Goal.Restarted) return changed;
        return isOpen ? either : before.Runs(wanted) && !isToEnable ? unchanged : changed;
    }

    private static Outcome[] Broken(Deed deed)
    {
        var before = deed.Before;
        if (before.Disk is null || before.Disk == deed.Wanted with { Extra = before.HasDropIn } || before.ProcessId == 0)
            return [Outcome.Failed];
        return deed.IsVerified && before.Runs(before.Disk) && deed.CanGoBack ? [Outcome.RolledBack] : [Outcome.RolledBack, Outcome.Failed];
    }

    private static IEnumerable<string> OfSuccess(Deed deed)
    {
        var (operation, before, after) = (deed.Operation, deed.Before, deed.After);
        if (!IsSuccess(deed.Report.Outcome)) yield break;
        switch (operation)
        {
            case { MayChange: false }:
                if (operation.Phases == OperationPhases.Verify && !(after.Runs(deed.Wanted) && after.IsEnabled)) yield return "it does not run as wanted";
                break;
            case { Goal: Goal.Absent }:
                if (!after.IsGone) yield return "something of it is left";
                if (after.IsEnabled && !deed.LoadingStarts) yield return "it is still enabled";
                break;
            case { Goal: Goal.Stopped }:
                if (after.ProcessId != 0 || after.IsInFlight) yield return "it was to be stopped";
                if (after.Text != before.Text) yield return "a stop changed the definition";
                break;
            case { Goal: Goal.Installed }:
                if (!after.IsInstalled(deed.Wanted)) yield return "it is not installed as wanted";
                if (!after.IsEnabled) yield return "it is not enabled";
                if (!deed.LoadingStarts && !after.IsInFlight && !before.IsInFlight && after.ProcessId != before.ProcessId)
                    yield return "an install touched the process";
                break;
            default:
                if (!after.Runs(deed.Wanted)) yield return "it does not run as wanted";
                if (operation.Enable && !after.IsEnabled) yield return "it is not enabled";
                if (operation.Goal == Goal.Restarted && after.ProcessId == before.ProcessId) yield return "the process is the same";
                break;
        }

        if (deed.Report.Outcome == Outcome.Unchanged && operation.MayChange && !after.IsAs(before)) yield return "unchanged, and it was changed";
    }

    private static IEnumerable<string> OfFailure(Deed deed)
    {
        var (before, after) = (deed.Before, deed.After);
        if (!deed.Operation.MayChange)
        {
            if (!after.IsAs(before)) yield return "a verb that only looks changed something";
            yield break;
        }

        if (IsSuccess(deed.Report.Outcome)) yield break;
        if (deed.Report.Outcome == Outcome.RolledBack)
        {
            if (after.Text != before.Text) yield return "rolled back, and the definition is not the one before";
            if (after.ProcessId == 0 || after.IsInFlight) yield return "rolled back, and nothing runs";
            if (after.Process?.Definition != before.Disk?.Definition) yield return "rolled back, and another definition runs";
            if (!IsWriting(deed)) yield return "only what writes a definition can be rolled back";
            if (deed is { Operation.Goal: Goal.Installed, LoadingStarts: false } && !before.IsInFlight && after.ProcessId != before.ProcessId)
                yield return "an install touched the process on its way back";
        }

        if (before.IsMasked && !after.IsAs(before)) yield return "a masked service was changed";
        var isNew = after.Disk == deed.Wanted with { Extra = after.HasDropIn };
        var isRemoved = deed.Operation.Goal == Goal.Absent && after.Text is null;
        if (after.Text != before.Text && !isNew && !isRemoved) yield return "the definition is neither the old one nor the new";
    }

    // What a report says of the layers after it, held against them. An unknown claims nothing.
    private static IEnumerable<string> OfClaims(Deed deed)
    {
        var (said, after, wanted) = (deed.Report.After, deed.After, deed.Wanted with { Extra = deed.After.HasDropIn });
        if (said.Installed == InstalledState.Current && after.Disk != wanted) yield return "it says that the installed definition is current";
        if (said.Installed == InstalledState.Missing && after.Text is not null && deed.Report.ProcessId is not null)
            yield return "it says that the definition is missing";
        if (said.Enabled != Answer.Unknown && after.Text is not null && said.Enabled == Answer.Yes != after.IsEnabled)
            yield return $"it says that it is enabled: {said.Enabled}";
        // What neither runs nor starts by itself is forgotten at any moment, and read anew from the disk by the next question.
        var isForgotten = after is { ProcessId: 0, IsEnabled: false } && after.Held == after.Disk;
        if (said.Loaded == LoadedState.Current && after.Held != wanted && !isForgotten) yield return "it says that what the manager holds is current";
        if (deed.Before.IsInFlight || after.IsInFlight || IsBroken(deed)) yield break;
        // A drop-in that no manager holds (nothing is held of a masked service) cannot be in the process.
        var running = after.Held ?? (wanted with { Extra = after.Process?.Extra == true });
        if (said.Running == RunningState.Current && after.Process != wanted && after.Process != running)
            yield return "it says that the process is current";
        if (said.Running == RunningState.No && after.ProcessId != 0) yield return "it says that nothing runs";
        // Of a process on its way out nothing is claimed.
        if (said.Running != RunningState.Unknown && deed.Report.ProcessId is { } process && process != after.ProcessId) yield return $"it says that {process} is the process";
    }
}

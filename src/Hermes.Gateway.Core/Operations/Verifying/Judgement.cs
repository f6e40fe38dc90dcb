using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers;

namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>Says what is missing to a goal, and whether waiting may still bring it. Pure.</summary>
internal static class Judgement
{
    /// <summary>Everything that keeps <paramref name="now"/> from the goal, the deepest cause first; empty when met.</summary>
    public static IEnumerable<Finding> Problems(Operation operation, Comparison now, ServiceRequest request, IServiceManager manager)
    {
        var name = now.Desired.Definition.Name;
        var (states, seen) = (now.States, now.Seen);
        var deploy = request.DeployCommand;
        if (operation.Goal is Goal.Stopped or Goal.Absent)
        {
            foreach (var left in ProblemsOfAbsence(operation.Goal, now, manager)) yield return left;
            yield break;
        }

        // What the manager's own rules say against it (a mask, a shadow, no answer) is the cause of what follows.
        var obstacles = seen.Findings.Where(finding => finding.Severity == Severity.Error).ToList();
        foreach (var obstacle in obstacles) yield return obstacle;

        if (seen.Installed.Kind == InstalledKind.Missing)
            yield return DiagnosticCatalog.NotInstalled.Error($"{name} is not installed: there is no {seen.DefinitionPath}.", deploy);
        else if (states.Installed == InstalledState.Unreadable)
            yield return DiagnosticCatalog.DefinitionUnreadable.Error(
                $"{seen.DefinitionPath} cannot be read as a definition ({seen.Installed.Evidence}).", manager.StatusCommand(now.Desired));
        else if (seen.Installed.Kind == InstalledKind.Linked && obstacles.Count == 0)
            yield return DiagnosticCatalog.DefinitionIsLink.Error(
                $"{seen.DefinitionPath} is {seen.Installed.Evidence}; it is managed by something else.", manager.StatusCommand(now.Desired));
        else if (seen.Installed.Content is { } content && states.Installed == InstalledState.Foreign)
            yield return DiagnosticCatalog.OwnedByOther.Error(
                $"{seen.DefinitionPath} belongs to another project: {content.Source}.",
                "choose another HermesGatewayName, or set HermesGatewayTakeOver=true");
        else if (states.Installed == InstalledState.Stale)
            yield return DiagnosticCatalog.InstalledStale.Error(
                $"{name} is installed but stale: {seen.DefinitionPath} does not match the current build ({Differences(now, Layer.Installed)}).",
                deploy);

        if (states.Loaded == LoadedState.Unknown && obstacles.Count == 0)
            yield return DiagnosticCatalog.Unproven.Error($"what the manager holds of {name} is unknown ({seen.Loaded.Evidence}).", deploy);
        // What is not installed cannot be loaded or run: that is one problem, not three.
        else if (states.Loaded == LoadedState.No && seen.Installed.Kind is not (InstalledKind.Missing or InstalledKind.Linked))
            yield return DiagnosticCatalog.NotLoaded.Error(
                $"{name} is installed but not loaded: {seen.DefinitionPath} is on disk, the manager does not hold it ({seen.Loaded.Evidence}).",
                deploy);
        else if (states.Loaded == LoadedState.Stale && states.Installed == InstalledState.Current)
            yield return DiagnosticCatalog.NotLoaded.Error(
                $"{name}: the manager holds another definition than {seen.DefinitionPath} ({Differences(now, Layer.Loaded)}).", deploy);

        if (operation.Enable && states.Enabled == Answer.No && seen.Installed.Kind != InstalledKind.Missing)
            yield return DiagnosticCatalog.NotEnabled.Error(
                $"{name} does not start by itself at login or boot.", manager.CommandFor(StepKind.Enable, now.Desired));
        // A deploy has just enabled it; a verification has only what it sees.
        if (operation is { Enable: true, Mode: OperationMode.VerifyOnly } && states.Enabled == Answer.Unknown
            && seen.Installed.Kind != InstalledKind.Missing && states.Loaded != LoadedState.Unknown && obstacles.Count == 0)
            yield return DiagnosticCatalog.Unproven.Error(
                $"whether {name} starts by itself at login or boot is unknown.", manager.StatusCommand(now.Desired));
        if (operation.Goal == Goal.Installed) yield break;

        switch (states.Running)
        {
            case RunningState.CrashLooping:
                yield return DiagnosticCatalog.CrashLooping.Error(
                    $"{name} keeps dying: {seen.Running.Evidence}.", manager.LogCommand(now.Desired));
                break;
            case RunningState.No when seen.Installed.Kind != InstalledKind.Missing || states.Loaded == LoadedState.Current:
                yield return DiagnosticCatalog.NotRunning.Error(
                    $"{name} is not running: {seen.Running.Evidence}.", manager.LogCommand(now.Desired));
                break;
            case RunningState.Stale:
                yield return DiagnosticCatalog.RunningStale.Error(
                    $"{name} runs an older definition or older code than this build (pid {seen.Running.ProcessId}).", deploy);
                break;
            case RunningState.Unknown when seen.Running.Activity == Activity.Stopping:
                yield return NotUp();
                break;
            case RunningState.Unknown when states.Loaded != LoadedState.Unknown:
                yield return DiagnosticCatalog.Unproven.Error(
                    $"nothing proves which definition {name} runs ({seen.Running.Evidence}).", deploy);
                break;
            case RunningState.Current when seen.Running.Activity != Activity.Up:
                yield return NotUp();
                break;
        }

        Finding NotUp() => DiagnosticCatalog.NotRunning.Error(
            $"{name} is not up: {seen.Running.Evidence}.", manager.StatusCommand(now.Desired));
    }

    /// <summary>Whether waiting may still bring the goal.</summary>
    /// <param name="now">The latest comparison.</param>
    /// <param name="acted">Whether this operation changed anything.</param>
    /// <param name="restartsBefore">The manager's restart count when the process was started.</param>
    public static bool MayStillCome(Comparison now, bool acted, int restartsBefore)
    {
        var running = now.Seen.Running;
        return running.IsInTransit || running.Activity switch
        {
            Activity.Starting or Activity.Stopping => true,
            // One death may be bad luck (a port not yet free); a second one in a row is a loop.
            Activity.WaitingToRestart => acted && running.Restarts <= restartsBefore,
            Activity.Up => acted && running.Restarts <= restartsBefore + 1,
            Activity.Unknown => acted,
            _ => false,
        };
    }

    private static IEnumerable<Finding> ProblemsOfAbsence(Goal goal, Comparison now, IServiceManager manager)
    {
        var (name, seen) = (now.Desired.Definition.Name, now.Seen);
        if (seen.Running.Activity == Activity.Unknown)
            yield return seen.Findings.FirstOrDefault(finding => finding.Severity == Severity.Error)
                ?? DiagnosticCatalog.Unproven.Error($"whether {name} runs is unknown ({seen.Running.Evidence}).", manager.StatusCommand(now.Desired));
        else if (seen.Running.ProcessId is not null || seen.Running.Activity is not (Activity.Stopped or Activity.Failed))
            yield return DiagnosticCatalog.StillRunning.Error(
                $"{name} still runs: {seen.Running.Evidence}.", manager.StatusCommand(now.Desired));
        if (goal == Goal.Stopped) yield break;

        if (seen.Installed.Kind != InstalledKind.Missing)
            yield return DiagnosticCatalog.LeftBehind.Error($"{seen.DefinitionPath} is still there.", manager.StatusCommand(now.Desired));
        if (seen.Loaded.IsLoaded == Answer.Yes)
            yield return DiagnosticCatalog.LeftBehind.Error(
                $"the manager still holds {name} ({seen.Loaded.Evidence}).", manager.StatusCommand(now.Desired));
        if (now.States.Enabled == Answer.Yes)
            yield return DiagnosticCatalog.LeftBehind.Error(
                $"{name} is still set to start at login or boot.", manager.CommandFor(StepKind.Disable, now.Desired));
    }

    // The first in full and the others by name: all of them are in the report, key by key.
    private static string Differences(Comparison now, Layer layer)
    {
        var drifts = now.Drifts.Where(drift => drift.Layer == layer).ToList();
        if (drifts.Count == 0) return "differs";
        var first = DriftRedaction.Show(drifts[0]);
        return drifts.Count == 1
            ? first
            : $"{first}; also {Shortened.Names([.. drifts.Skip(1).Select(drift => drift.Key).Distinct()], ", ")}";
    }
}

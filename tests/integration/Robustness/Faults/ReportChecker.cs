using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Robustness.Faults;

/// <summary>Compares the report and the effects of an operation with snapshots.</summary>
internal static class ReportChecker
{
    /// <summary>Describes each reported state of a layer that disagrees with all snapshots. Unknown agrees with every snapshot.</summary>
    /// <param name="wanted">The definition of the build.</param>
    /// <param name="claimed">The reported states.</param>
    /// <param name="snapshots">Snapshots around the report: several, because the state may change meanwhile.</param>
    public static IEnumerable<string> FindFalseLayerStates(string wanted, LayerStates claimed, params Snapshot[] snapshots)
    {
        if (!snapshots.Any(snapshot => claimed.Installed switch
            {
                InstalledState.Current => snapshot.OnDisk == wanted,
                InstalledState.Stale => snapshot.OnDisk is not null && snapshot.OnDisk != wanted,
                InstalledState.Missing => snapshot.OnDisk is null,
                _ => false,
            }))
            yield return $"Installed is reported as {claimed.Installed}, and on disk is '{snapshots[^1].OnDisk}'";
        if (!snapshots.Any(snapshot => claimed.Loaded switch
            {
                LoadedState.Current => snapshot.Loaded?.Definition == wanted,
                LoadedState.Stale => snapshot.IsLoaded && (snapshot.Loaded?.Definition != wanted || snapshot.OnDisk != wanted),
                LoadedState.No => !snapshot.IsLoaded,
                _ => true,
            }))
            yield return $"Loaded is reported as {claimed.Loaded}, and the loaded definition is '{snapshots[^1].Loaded?.Definition}'";
        // A crash loop changes between two snapshots.
        if (wanted != ObservedService.Broken && !snapshots.Any(snapshot => claimed.Running switch
            {
                RunningState.Current => snapshot.Process?.Definition == wanted,
                RunningState.Stale => snapshot.Process is not null && snapshot.Process.Definition != wanted,
                RunningState.No => snapshot.Process is null,
                RunningState.CrashLooping => false,
                _ => true,
            }))
            yield return $"Running is reported as {claimed.Running}, and the process has '{snapshots[^1].Process?.Definition}'";
    }

    /// <summary>Describes what the goal of the operation lacks; returns null if the goal is reached.</summary>
    public static string? FindUnmetGoal(ObservedService service, OperationCase operationCase, Snapshot before, Snapshot now)
    {
        var (operation, wanted) = (operationCase.Operation, operationCase.Wanted);
        return operation switch
        {
            { Phases: OperationPhases.Plan } or { Goal: Goal.Observed } => null,
            { Goal: Goal.Absent } =>
                now.Text is not null ? "the definition is there"
                : now.IsLoaded ? "it is loaded"
                : now.Process is not null ? "it runs"
                : now.IsEnabled && !service.LoadingStarts ? "it is enabled" : null,
            { Goal: Goal.Stopped } => now.Process is null ? null : "it runs",
            _ when now.OnDisk != wanted => $"on disk is '{now.OnDisk}'",
            _ when now.Loaded?.Definition != wanted => $"the loaded definition is '{now.Loaded?.Definition}'",
            { Enable: true } when !now.IsEnabled => "it is not enabled",
            { Goal: Goal.Installed } => null,
            _ when now.Process?.Definition != wanted => $"the process has '{now.Process?.Definition}'",
            { Goal: Goal.Restarted } when now.ProcessId == before.ProcessId => "it was not restarted",
            _ => null,
        };
    }

    /// <summary>Describes damage that no outcome allows: stray processes and lost definitions.</summary>
    public static IEnumerable<string> FindDamage(ObservedService service, OperationCase operationCase, Snapshot before, Snapshot now)
    {
        if (now.StrayProcesses.Length > 0) yield return $"processes outside the manager: {now.StrayProcesses}";
        if (now.OnDisk is { } there && now.Text != before.Text && there != operationCase.Wanted)
            yield return $"an unknown definition is on disk: '{there}'";
        if (before.Text is not { } old || !operationCase.KeepsDefinition) yield break;
        if (now.Text is null) yield return "neither the old nor the new definition is on disk";
        if (!service.Keeps(old, now)) yield return "the last good definition is lost";
    }

    /// <summary>Describes every contradiction between the report and the snapshots.</summary>
    /// <param name="service">The service.</param>
    /// <param name="operationCase">The operation.</param>
    /// <param name="report">Its report.</param>
    /// <param name="before">The snapshot before it.</param>
    /// <param name="now">The snapshot at its end.</param>
    /// <param name="settled">The snapshot after all changes in progress have ended.</param>
    public static IEnumerable<string> FindContradictions(
        ObservedService service, OperationCase operationCase, ServiceReport report, Snapshot before, Snapshot now, Snapshot settled)
    {
        if (report.Outcome is Outcome.Changed or Outcome.Unchanged && FindUnmetGoal(service, operationCase, before, settled) is { } missing)
            yield return $"success is reported, but {missing}";
        if (report.Outcome == Outcome.RolledBack
            && (settled.Text != before.Text || settled.Loaded?.Definition != operationCase.From || settled.Process?.Definition != operationCase.From))
            yield return $"a rollback is reported, and the layers have {settled.OnDisk}, {settled.Loaded?.Definition}, {settled.Process?.Definition}";
        if (report.Outcome == Outcome.Unchanged && (now.Text, now.Loaded, now.ProcessId) != (before.Text, before.Loaded, before.ProcessId))
            yield return "the outcome is Unchanged, and the state has changed";
        foreach (var claim in FindFalseLayerStates(operationCase.Wanted, report.After, now, settled)) yield return claim;
    }
}

using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Operations.Planning;

/// <summary>The options of a plan.</summary>
/// <param name="Enable">Whether the service must start by itself at login or boot.</param>
/// <param name="TakeOver">Whether a foreign definition may be replaced or removed.</param>
/// <param name="RunWithoutLogin">Whether lingering may be enabled.</param>
/// <param name="AdoptionHook">Recognizes definitions of other tools; null for none.</param>
internal sealed record PlanOptions(bool Enable, bool TakeOver, bool RunWithoutLogin = false, IAdoptionHook? AdoptionHook = null);

/// <summary>Plans the steps from a comparison to a goal. Pure.</summary>
internal static class Planner
{
    private static readonly Comparer<Step> ByKind = Comparer<Step>.Create((a, b) => a.Kind - b.Kind);

    /// <summary>Plans the steps from <paramref name="comparison"/> to <paramref name="goal"/>.</summary>
    public static Plan For(Goal goal, Comparison comparison, PlanOptions options)
    {
        if (goal == Goal.Observed) return Plan.Empty;
        var blockers = Blockers(goal, comparison, options).ToImmutableArray();
        if (blockers.Length > 0) return new Plan([], blockers);
        var steps = goal switch
        {
            Goal.Stopped => StepsToStopped(comparison.Observation.Running),
            Goal.Absent => StepsToAbsent(comparison),
            _ => StepsToInstalled(goal, comparison, options),
        };
        return new Plan([.. steps.Order(ByKind)], []);
    }

    /// <summary>Whether <paramref name="plan"/> would end the process that applies it.</summary>
    public static bool EndsCaller(Plan plan, Comparison comparison) =>
        comparison.Observation.HoldsCaller
        && (plan.Has(StepKind.Stop) || plan.Has(StepKind.Restart)
            || (comparison.Desired.Rules.LoadingStarts && (plan.Has(StepKind.Load) || plan.Has(StepKind.Unload))));

    private static IEnumerable<Finding> Blockers(Goal goal, Comparison comparison, PlanOptions options)
    {
        var changes = goal is not Goal.Stopped;
        var removes = goal is Goal.Absent;
        var enablesLinger = EnablesLinger(goal, comparison, options);
        var seen = comparison.Observation;
        if (seen.Absence is { } absence && !(enablesLinger && absence.CanBeStarted)) yield return absence.Reason;
        if (changes)
            foreach (var error in seen.Findings.Where(finding => finding.Severity == Severity.Error)) yield return error;

        var (installed, path) = (seen.Installed, seen.DefinitionPath);
        if (changes && installed.Kind == InstalledKind.Linked && !seen.ExplainsLink)
            yield return DiagnosticCatalog.DefinitionIsLink.Error(
                $"{path} is a link ({installed.Evidence}); it is managed by something else and is left alone.",
                $"ls -l {Processes.ShellText.Quote([path])}");
        if (changes && installed.Kind == InstalledKind.Unreadable)
            yield return DiagnosticCatalog.DefinitionUnreadable.Error(
                $"{path} cannot be read as a definition ({installed.Evidence}); it is not overwritten blindly.",
                $"ls -l {Processes.ShellText.Quote([path])}");
        if (options.TakeOver) yield break;

        if (comparison.Ownership == Ownership.Other)
            yield return DiagnosticCatalog.OwnedByOther.Error(
                $"{path} belongs to another project: {installed.Content!.Source}. "
                + $"This project is {comparison.Desired.Definition.Source}.",
                "choose another HermesGatewayName, or set HermesGatewayTakeOver=true to replace it");
        if (changes && !removes && options.AdoptionHook?.FindOtherInstance(comparison) is { } other) yield return other;
        if (removes && comparison.Ownership == Ownership.Unowned)
            yield return DiagnosticCatalog.OwnedByOther.Error(
                $"{path} was not written by Hermes.Gateway and is not removed.",
                "set HermesGatewayTakeOver=true to remove it (a copy is kept)");
    }

    private static bool EnablesLinger(Goal goal, Comparison comparison, PlanOptions options) =>
        options.RunWithoutLogin && goal.IncludesDefinition()
        && comparison.Desired.Rules.CanRunWithoutLogin && comparison.Observation.StartsWithoutLogin == Answer.No;

    private static IEnumerable<Step> StepsToInstalled(Goal goal, Comparison comparison, PlanOptions options)
    {
        if (EnablesLinger(goal, comparison, options))
        {
            var isUp = comparison.Observation.Absence is null;
            yield return new Step(StepKind.RunWithoutLogin, isUp
                ? "it would end with the user's last session, and not start at boot"
                : "the user's manager is not running; what else there is to do is known when it is");
            if (!isUp) yield break;
        }

        var (states, seen, rules) = (comparison.States, comparison.Observation, comparison.Desired.Rules);
        var running = seen.Running;
        // Without published files it cannot be made; Preflight and ServicePlanner report that.
        var release = states.Released is ReleasedState.Missing or ReleasedState.Damaged
            && comparison.Desired.Release is { Content: not null } or { IsBuildNewer: true };
        if (release)
            yield return new Step(StepKind.Release, states.Released == ReleasedState.Missing
                ? "the current build has no release"
                : $"the release was changed: {seen.Released.Evidence}");
        // A state directory that is in use already may be on a disk that is not mounted: the program must not start with an empty one.
        if (seen.StateDirectory is { IsMissing: true } && !comparison.HadStateDirectory)
            yield return new Step(StepKind.StateDirectory, $"there is no {comparison.Desired.Definition.StateDirectory}");
        var write = states.Installed != InstalledState.Current;
        if (write)
            yield return new Step(StepKind.Write, states.Installed == InstalledState.Missing
                ? "there is no definition"
                : $"the definition differs: {Keys(comparison, Layer.Installed)}");
        var enable = rules.EnabledByFile ? seen.RefusesUntilEnabled : options.Enable && states.Enabled != Answer.Yes;
        if (enable)
            yield return new Step(StepKind.Enable, rules.EnabledByFile
                ? "it is disabled, and the manager would refuse to load it"
                : "it does not start by itself at login or boot");
        // If loading starts a new process, a definition that differs only in the project file is not loaded.
        var changesDisk = (write && !(rules.LoadingStarts && comparison.OnlySourceDiffers)) || (enable && !rules.EnabledByFile);
        var load = changesDisk || states.Loaded != LoadedState.Current;
        if (load)
            yield return new Step(StepKind.Load, changesDisk
                ? "the manager has to read what changed on disk"
                : $"the manager does not hold what is on disk: {Keys(comparison, Layer.Loaded)}");
        if (goal == Goal.Installed) yield break;

        // Loading starts the process; the start step only waits for it.
        if (load && rules.LoadingStarts)
        {
            yield return new Step(StepKind.Start, "what was loaded has to run");
            yield break;
        }

        var up = running.ProcessId is not null || running.Activity is Activity.WaitingToRestart or Activity.Starting;
        if (goal == Goal.Running && up && !release && IsProcessCurrent(comparison)) yield break;

        // Our starts count against the start limit too: without a reset, systemd refuses the sixth deploy within ten seconds.
        if (rules.LatchesFailures && seen.Loaded.IsLoaded == Answer.Yes && running.MayHaveCountedStarts)
            yield return new Step(StepKind.ClearFailure, "earlier starts and failures must not count against this one");
        yield return up || goal == Goal.Restarted
            ? new Step(StepKind.Restart, goal == Goal.Restarted ? "a restart is asked for" : WhyRestart(comparison))
            : new Step(StepKind.Start, "it is not running");
    }

    // Other loaded values may have reached the process in ways that its evidence does not show.
    private static bool IsProcessCurrent(Comparison comparison) =>
        comparison.States.Running == RunningState.Current
        && comparison.Observation.Running.Activity == Activity.Up
        && !comparison.LoadedDiffers;

    private static string WhyRestart(Comparison comparison) => comparison.States.Running switch
    {
        RunningState.Current when comparison.States.Released != ReleasedState.InPlace && !comparison.LoadedDiffers =>
            "the process uses files that were replaced",
        RunningState.Unknown => "nothing proves which definition the process runs",
        RunningState.CrashLooping or RunningState.No => "the process died and waits to be started again",
        _ => "the process was started from another definition or build",
    };

    private static Step[] StepsToStopped(RunningFacts running) => !IsActive(running) ? [] :
        [new Step(StepKind.Stop, running.Activity == Activity.Unknown ? "whether it runs is not known" : "it is running")];

    private static IEnumerable<Step> StepsToAbsent(Comparison comparison)
    {
        var (seen, states) = (comparison.Observation, comparison.States);
        var stop = StepsToStopped(seen.Running);
        var any = stop.Length > 0 || seen.Installed.Kind != InstalledKind.Missing
            || seen.Loaded.IsLoaded == Answer.Yes || states.Enabled == Answer.Yes;
        if (!any) yield break;
        foreach (var step in stop) yield return step;
        if (states.Enabled != Answer.No && !comparison.Desired.Rules.EnabledByFile)
            yield return new Step(StepKind.Disable, "it starts by itself at login or boot");
        if (seen.Installed.Kind == InstalledKind.Present) yield return new Step(StepKind.Remove, "it is to be gone");
        yield return new Step(StepKind.Unload, "the manager still holds it");
    }

    private static bool IsActive(RunningFacts running) =>
        running.ProcessId is not null || running.Activity is not (Activity.Stopped or Activity.Failed);

    private static string Keys(Comparison comparison, Layer layer)
    {
        var keys = comparison.DifferentKeys(layer);
        return keys.Count == 0 ? "it holds none" : Shortened.Names(keys, ", ");
    }
}

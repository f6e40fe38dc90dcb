using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>Holds what is reported and what is left behind against what can be seen.</summary>
internal static class Truth
{
    /// <summary>What is claimed of the layers and is not so. What is not known is no claim.</summary>
    /// <param name="wanted">The definition that the build wants.</param>
    /// <param name="claimed">The report.</param>
    /// <param name="sights">Looks, of which one has to agree: the manager may have been at work.</param>
    public static IEnumerable<string> FalseClaims(string wanted, LayerStates claimed, params Sight[] sights)
    {
        if (!sights.Any(sight => claimed.Installed switch
            {
                InstalledState.Current => sight.OnDisk == wanted,
                InstalledState.Stale => sight.OnDisk is not null && sight.OnDisk != wanted,
                InstalledState.Missing => sight.OnDisk is null,
                _ => false,
            }))
            yield return $"Installed is said to be {claimed.Installed}, and on disk is '{sights[^1].OnDisk}'";
        if (!sights.Any(sight => claimed.Loaded switch
            {
                LoadedState.Current => sight.Held == wanted,
                LoadedState.Stale => sight.IsHeld && (sight.Held != wanted || sight.OnDisk != wanted),
                LoadedState.No => !sight.IsHeld,
                _ => true,
            }))
            yield return $"Loaded is said to be {claimed.Loaded}, and the manager holds '{sights[^1].Held}'";
        // What dies at once and is started again is no state that two looks could agree on.
        if (wanted != "die" && !sights.Any(sight => claimed.Running switch
            {
                RunningState.Current => sight.Process is not null && sight.Running == wanted,
                RunningState.Stale => sight.Process is not null && sight.Running != wanted,
                RunningState.No => sight.Process is null,
                RunningState.CrashLooping => false,
                _ => true,
            }))
            yield return $"Running is said to be {claimed.Running}, and what runs is '{sights[^1].Running}'";
    }

    /// <summary>What is missing to the goal; null when nothing is.</summary>
    public static string? Missing(Scenario scenario, Sight before, Sight now)
    {
        var (operation, wanted) = (scenario.Operation, scenario.Wanted);
        return operation switch
        {
            { Phases: OperationPhases.Plan } or { Goal: Goal.Observed } => null,
            { Goal: Goal.Absent } =>
                now.Text is not null ? "the definition is there"
                : now.IsHeld ? "the manager holds it"
                : now.Process is not null ? "it runs"
                : now.StartsByItself ? "it would start by itself" : null,
            { Goal: Goal.Stopped } => now.Process is null ? null : "it runs",
            _ when now.OnDisk != wanted => $"on disk is '{now.OnDisk}'",
            _ when now.Held != wanted => $"the manager holds '{now.Held}'",
            { Enable: true } when !now.StartsByItself => "it does not start by itself",
            { Goal: Goal.Installed } => null,
            _ when now.Running != wanted => $"what runs is '{now.Running}'",
            { Goal: Goal.Restarted } when now.Process == before.Process => "it was not restarted",
            _ => null,
        };
    }

    /// <summary>What was harmed, whatever was reported.</summary>
    public static IEnumerable<string> Harm(Subject subject, Scenario scenario, Sight before, Sight now)
    {
        if (now.Strays.Length > 0) yield return $"processes outside the manager: {now.Strays}";
        if (now.OnDisk is { } there && now.Text != before.Text && there != scenario.Wanted)
            yield return $"on disk is something else: '{there}'";
        if (before.Text is not { } old || !scenario.KeepsDefinition) yield break;
        if (now.Text is null) yield return "neither the old nor the new definition is on disk";
        if (now.Text != old && !subject.Keeps(old)) yield return "the last good definition is lost";
    }

    /// <summary>All that is wrong with the end of an operation.</summary>
    /// <param name="subject">The service.</param>
    /// <param name="scenario">What was done to it.</param>
    /// <param name="report">What is reported.</param>
    /// <param name="before">Before it.</param>
    /// <param name="now">At its end.</param>
    /// <param name="settled">A little later.</param>
    public static IEnumerable<string> Lies(
        Subject subject, Scenario scenario, ServiceReport report, Sight before, Sight now, Sight settled)
    {
        if (report.Outcome is Outcome.Changed or Outcome.Unchanged && Missing(scenario, before, settled) is { } missing)
            yield return $"success is reported, but {missing}";
        if (report.Outcome == Outcome.RolledBack
            && (settled.Text != before.Text || settled.Held != scenario.From || settled.Running != scenario.From))
            yield return $"a rollback is reported, and what is there is {settled.OnDisk}, {settled.Held}, {settled.Running}";
        if (report.Outcome == Outcome.Unchanged && (now.Text, now.Held, now.Process) != (before.Text, before.Held, before.Process))
            yield return "nothing is said to have changed, but something has";
        foreach (var claim in FalseClaims(scenario.Wanted, report.After, now, settled)) yield return claim;
    }
}

using FsCheck;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>What holds for every state of a machine and every goal.</summary>
[Properties(MaxTest = 3000)]
public class PlannerProperties
{
    [Property]
    public Property Steps_are_in_the_order_of_their_kinds_and_occur_once() => PlannerModel.ForAll(given =>
    {
        var kinds = given.Plan.Steps.Select(step => step.Kind).ToList();
        Assert.Equal(kinds.Distinct().Order(), kinds);
    });

    [Property]
    public Property Blockers_forbid_every_step() => PlannerModel.ForAll(given =>
        Assert.True(given.Plan.Blockers.IsEmpty || given.Plan.Steps.IsEmpty));

    [Property]
    public Property Planning_is_deterministic() => PlannerModel.ForAll(given =>
    {
        var (one, another) = (given.Plan, given.Plan);
        Assert.Equal(one.Steps.AsEnumerable(), another.Steps);
        Assert.Equal(one.Blockers.AsEnumerable(), another.Blockers);
    });

    [Property]
    public Property Nothing_is_written_or_started_in_order_to_stop_or_to_remove() => PlannerModel.ForAll(given =>
    {
        if (given.Goal is not (Goal.Stopped or Goal.Absent)) return;
        Assert.DoesNotContain(given.Plan.Steps, step =>
            step.Kind is StepKind.Write or StepKind.Enable or StepKind.Load or StepKind.Start or StepKind.Restart);
    });

    [Property]
    public Property Nothing_is_stopped_disabled_or_removed_in_order_to_run() => PlannerModel.ForAll(given =>
    {
        if (given.Goal is Goal.Stopped or Goal.Absent) return;
        Assert.DoesNotContain(given.Plan.Steps, step =>
            step.Kind is StepKind.Stop or StepKind.Disable or StepKind.Remove or StepKind.Unload);
    });

    [Property]
    public Property An_installation_starts_nothing() => PlannerModel.ForAll(given =>
    {
        if (given.Goal != Goal.Installed) return;
        Assert.DoesNotContain(given.Plan.Steps, step => step.Kind is StepKind.Start or StepKind.Restart);
    });

    [Property]
    public Property A_restart_always_starts_unless_it_is_forbidden() => PlannerModel.ForAll(given =>
    {
        given = PlannerModel.Anew(given);
        if (given.Goal == Goal.Restarted && given.Plan.Blockers.IsEmpty) Assert.True(given.Plan.Has(StepKind.Restart));
    });

    [Property]
    public Property An_observation_never_has_steps_or_blockers() => PlannerModel.ForAll(given =>
    {
        if (given.Goal != Goal.Observed) return;
        Assert.Empty(given.Plan.Steps);
        Assert.Empty(given.Plan.Blockers);
    });

    [Property]
    public Property A_plan_that_did_what_it_is_for_leaves_nothing_to_do() => PlannerModel.ForAll(given =>
    {
        given = PlannerModel.Anew(given);
        if (!given.Plan.Blockers.IsEmpty) return;
        var after = given.Plan.Steps.Aggregate(given.Seen, (seen, step) => PlannerModel.After(seen, step.Kind));

        // A restart is an event and not a state: having had it, what is left to want is that it runs.
        var goal = given.Goal == Goal.Restarted ? Goal.Running : given.Goal;
        Assert.Empty((given with { Seen = after, Goal = goal }).Plan.Steps);
    });

    [Property]
    public Property A_plan_that_broke_off_anywhere_is_completed_by_the_same_goal() => PlannerModel.ForAll(given =>
    {
        given = PlannerModel.Anew(given);
        if (!given.Plan.Blockers.IsEmpty) return;
        var goal = given.Goal == Goal.Restarted ? Goal.Running : given.Goal;
        var seen = given.Seen;
        foreach (var step in given.Plan.Steps)
        {
            seen = PlannerModel.After(seen, step.Kind);
            var again = (given with { Seen = seen, Goal = goal }).Plan;
            var end = again.Steps.Aggregate(seen, (state, next) => PlannerModel.After(state, next.Kind));
            Assert.Empty((given with { Seen = end, Goal = goal }).Plan.Steps);
        }
    });

    [Property]
    public Property Services_are_let_run_without_a_login_only_where_that_is_allowed_wanted_and_off() => PlannerModel.ForAll(given =>
    {
        var isFor = given.Options.RunWithoutLogin && given.Seen.StartsWithoutLogin == Answer.No
            && given.Goal is Goal.Installed or Goal.Running or Goal.Restarted;
        Assert.Equal(isFor && given.Plan.Blockers.IsEmpty, given.Plan.Has(StepKind.RunWithoutLogin));
    });

    [Property]
    public Property A_manager_that_is_not_up_is_brought_up_alone_or_forbids_everything() => PlannerModel.ForAll(given =>
    {
        if (given.Goal == Goal.Observed || !given.Seen.Findings.Any(PlannerModel.IsNotUp)) return;
        if (given.Plan.Blockers.IsEmpty) Assert.Equal([StepKind.RunWithoutLogin], given.Plan.Steps.Select(step => step.Kind));
    });

    [Property]
    public Property An_empty_plan_to_run_means_that_all_layers_agree() => PlannerModel.ForAll(given =>
    {
        if (given.Goal != Goal.Running || !given.Plan.Blockers.IsEmpty || !given.Plan.Steps.IsEmpty) return;
        Assert.True(given.Comparison.States.AllCurrent);
        Assert.True(given.Comparison.Observation.Running.Activity == Activity.Up);
    });

    [Property]
    public Property What_was_not_answered_is_never_taken_for_no() => PlannerModel.ForAll(given =>
    {
        var (states, seen) = (given.Comparison.States, given.Seen);
        if (seen.Loaded.IsLoaded == Answer.Unknown) Assert.Equal(LoadedState.Unknown, states.Loaded);
        if (seen.Running.Activity == Activity.Unknown) Assert.Equal(RunningState.Unknown, states.Running);
        Assert.Equal(seen.Enabled, states.Enabled);
        if (seen.Installed.Kind == InstalledKind.Unreadable) Assert.Equal(InstalledState.Unreadable, states.Installed);
    });
}

using FsCheck;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>Properties of the plan for every state of a machine and every goal.</summary>
[Properties(MaxTest = 3000)]
public class PlanForAnyState
{
    [Property]
    public Property Steps_occur_once_and_in_the_order_of_their_kinds() => PlannerModel.ForAll(given =>
    {
        var kinds = given.Plan.Steps.Select(step => step.Kind).ToList();
        Assert.Equal(kinds.Distinct().Order(), kinds);
    });

    [Property]
    public Property Plan_with_a_blocker_has_no_steps() => PlannerModel.ForAll(given =>
        Assert.True(given.Plan.Blockers.IsEmpty || given.Plan.Steps.IsEmpty));

    [Property]
    public Property Planning_is_deterministic() => PlannerModel.ForAll(given =>
    {
        var (one, another) = (given.Plan, given.Plan);
        Assert.Equal(one.Steps.AsEnumerable(), another.Steps);
        Assert.Equal(one.Blockers.AsEnumerable(), another.Blockers);
    });

    [Property]
    public Property Stop_and_uninstall_write_and_start_nothing() => PlannerModel.ForAll(given =>
    {
        if (given.Goal is not (Goal.Stopped or Goal.Absent)) return;
        Assert.DoesNotContain(given.Plan.Steps, step =>
            step.Kind is StepKind.Write or StepKind.Enable or StepKind.Load or StepKind.Start or StepKind.Restart);
    });

    [Property]
    public Property Install_start_and_restart_stop_disable_and_remove_nothing() => PlannerModel.ForAll(given =>
    {
        if (given.Goal is Goal.Stopped or Goal.Absent) return;
        Assert.DoesNotContain(given.Plan.Steps, step =>
            step.Kind is StepKind.Stop or StepKind.Disable or StepKind.Remove or StepKind.Unload);
    });

    [Property]
    public Property Install_starts_nothing() => PlannerModel.ForAll(given =>
    {
        if (given.Goal != Goal.Installed) return;
        Assert.DoesNotContain(given.Plan.Steps, step => step.Kind is StepKind.Start or StepKind.Restart);
    });

    [Property]
    public Property Restart_without_a_blocker_always_restarts() => PlannerModel.ForAll(given =>
    {
        given = PlannerModel.AfterLinger(given);
        if (given.Goal == Goal.Restarted && given.Plan.Blockers.IsEmpty) Assert.True(given.Plan.Has(StepKind.Restart));
    });

    [Property]
    public Property Observation_has_neither_steps_nor_blockers() => PlannerModel.ForAll(given =>
    {
        if (given.Goal != Goal.Observed) return;
        Assert.Empty(given.Plan.Steps);
        Assert.Empty(given.Plan.Blockers);
    });

    [Property]
    public Property Applied_plan_leaves_no_steps_to_plan() => PlannerModel.ForAll(given =>
    {
        given = PlannerModel.AfterLinger(given);
        if (!given.Plan.Blockers.IsEmpty) return;
        var after = given.Plan.Steps.Aggregate(given.Seen, (observation, step) => PlannerModel.After(observation, step.Kind));

        // A restart is an event and not a state: after it, the remaining goal is a running service.
        var goal = given.Goal == Goal.Restarted ? Goal.Running : given.Goal;
        Assert.Empty((given with { Seen = after, Goal = goal }).Plan.Steps);
    });

    [Property]
    public Property Plan_interrupted_after_any_step_is_completed_by_the_same_goal() => PlannerModel.ForAll(given =>
    {
        given = PlannerModel.AfterLinger(given);
        if (!given.Plan.Blockers.IsEmpty) return;
        var goal = given.Goal == Goal.Restarted ? Goal.Running : given.Goal;
        var observation = given.Seen;
        foreach (var step in given.Plan.Steps)
        {
            observation = PlannerModel.After(observation, step.Kind);
            var again = (given with { Seen = observation, Goal = goal }).Plan;
            var end = again.Steps.Aggregate(observation, (state, next) => PlannerModel.After(state, next.Kind));
            Assert.Empty((given with { Seen = end, Goal = goal }).Plan.Steps);
        }
    });

    [Property]
    public Property Linger_is_planned_only_when_it_is_requested_needed_and_off() => PlannerModel.ForAll(given =>
    {
        var isExpected = given.Options.RunWithoutLogin && given.Seen.StartsWithoutLogin == Answer.No
            && given.Goal is Goal.Installed or Goal.Running or Goal.Restarted;
        Assert.Equal(isExpected && given.Plan.Blockers.IsEmpty, given.Plan.Has(StepKind.RunWithoutLogin));
    });

    [Property]
    public Property User_manager_that_is_not_running_is_started_alone_or_blocks_everything() => PlannerModel.ForAll(given =>
    {
        if (given.Goal == Goal.Observed || given.Seen.Absence is not { CanBeStarted: true }) return;
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
    public Property Unanswered_query_never_counts_as_no() => PlannerModel.ForAll(given =>
    {
        var (states, observation) = (given.Comparison.States, given.Seen);
        if (observation.Loaded.IsLoaded == Answer.Unknown) Assert.Equal(LoadedState.Unknown, states.Loaded);
        if (observation.Running.Activity == Activity.Unknown) Assert.Equal(RunningState.Unknown, states.Running);
        Assert.Equal(observation.Enabled, states.Enabled);
        if (observation.Installed.Kind == InstalledKind.Unreadable) Assert.Equal(InstalledState.Unreadable, states.Installed);
    });
}

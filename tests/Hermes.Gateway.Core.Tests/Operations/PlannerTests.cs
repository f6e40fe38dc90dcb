using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class PlannerTests
{
    private static readonly DesiredService Wanted = Sample.Desired();
    private static readonly DesiredService Old = Sample.Desired(Sample.Definition() with { Revision = "r0" });
    private static readonly ServiceObservation Current = Seen.AllCurrent(Wanted);

    private static readonly ServiceObservation Nothing = Current with
    {
        Installed = Seen.Installed(InstalledKind.Missing),
        Loaded = Seen.NotLoaded(),
        Running = Seen.NotRunning(),
        Enabled = Answer.No,
    };

    [Theory]
    [InlineData(Goal.Observed)]
    [InlineData(Goal.Installed)]
    [InlineData(Goal.Running)]
    public void Without_drift_nothing_is_done(Goal goal) => Assert.Empty(Steps(goal, Current));

    [Fact]
    public void What_is_stopped_is_not_stopped_again() =>
        Assert.Empty(Steps(Goal.Stopped, Current with { Running = Seen.NotRunning() }));

    [Fact]
    public void What_is_absent_is_not_removed_again() => Assert.Empty(Steps(Goal.Absent, Nothing));

    [Fact]
    public void An_observation_never_needs_a_step() => Assert.Empty(Steps(Goal.Observed, Nothing));

    [Fact]
    public void A_first_deploy_writes_enables_loads_and_starts() => Assert.Equal(
        [StepKind.Write, StepKind.Enable, StepKind.Load, StepKind.Start], Steps(Goal.Running, Nothing));

    [Fact]
    public void A_rebuild_writes_loads_and_restarts() => Assert.Equal(
        [StepKind.Write, StepKind.Load, StepKind.ClearFailure, StepKind.Restart],
        Steps(Goal.Running, Seen.From(Old, Wanted)));

    [Fact]
    public void An_edit_of_the_operator_that_was_not_reloaded_needs_a_reload_and_no_restart() => Assert.Equal(
        [StepKind.Load], Steps(Goal.Running, Current with { Loaded = Seen.Loaded(Wanted) with { IsOlderThanDisk = true } }));

    [Fact]
    public void Other_content_in_memory_needs_a_reload_and_a_restart() => Assert.Equal(
        [StepKind.Load, StepKind.ClearFailure, StepKind.Restart],
        Steps(Goal.Running, Current with { Loaded = Seen.Loaded(Old) }));

    [Fact]
    public void A_process_of_an_older_build_is_restarted() => Assert.Equal(
        [StepKind.ClearFailure, StepKind.Restart], Steps(Goal.Running, Current with { Running = Seen.Running(Old) }));

    [Fact]
    public void A_process_that_has_run_for_longer_than_starts_are_counted_needs_none_of_them_forgotten() => Assert.Equal(
        [StepKind.Write, StepKind.Load, StepKind.Restart],
        Steps(Goal.Running, Seen.From(Old, Wanted) with { Running = Seen.Running(Old) with { EarlierStartsCount = false } }));

    [Theory]
    [InlineData(nameof(Activity.Stopped), StepKind.Start)]
    [InlineData(nameof(Activity.Failed), StepKind.Start)]
    [InlineData(nameof(Activity.WaitingToRestart), StepKind.Restart)]
    public void What_does_not_run_is_started_and_its_failures_forgotten(string activity, StepKind step) => Assert.Equal(
        [StepKind.ClearFailure, step], Steps(Goal.Running, Current with { Running = Seen.NotRunning(Enum.Parse<Activity>(activity)) }));

    [Fact]
    public void A_process_that_proves_nothing_is_restarted() => Assert.Equal(
        [StepKind.ClearFailure, StepKind.Restart],
        Steps(Goal.Running, Current with { Running = Seen.Running(Wanted) with { Environment = null } }));

    [Fact]
    public void A_definition_that_is_not_loaded_is_loaded_before_the_start() => Assert.Equal(
        [StepKind.Load, StepKind.Start],
        Steps(Goal.Running, Current with { Loaded = Seen.NotLoaded(), Running = Seen.NotRunning() }));

    [Fact]
    public void Installing_does_not_touch_the_process() => Assert.Equal(
        [StepKind.Write, StepKind.Load], Steps(Goal.Installed, Seen.From(Old, Wanted)));

    [Fact]
    public void A_service_that_is_not_enabled_is_enabled_only_when_asked()
    {
        var seen = Current with { Enabled = Answer.No };
        Assert.Equal([StepKind.Enable, StepKind.Load], Steps(Goal.Running, seen));
        Assert.Empty(Steps(Goal.Running, seen, enable: false));
    }

    [Fact]
    public void A_restart_restarts_what_is_current() =>
        Assert.Equal([StepKind.ClearFailure, StepKind.Restart], Steps(Goal.Restarted, Current));

    [Fact]
    public void Removal_stops_disables_removes_and_unloads() => Assert.Equal(
        [StepKind.Stop, StepKind.Disable, StepKind.Remove, StepKind.Unload], Steps(Goal.Absent, Current));

    [Fact]
    public void An_unknown_process_is_stopped_to_be_sure() => Assert.Equal(
        [StepKind.Stop], Steps(Goal.Stopped, Current with { Running = Seen.NotRunning(Activity.Unknown) }));

    [Theory]
    [InlineData(Goal.Installed)]
    [InlineData(Goal.Running)]
    [InlineData(Goal.Restarted)]
    [InlineData(Goal.Absent)]
    public void A_mask_forbids_every_change_but_a_stop(Goal goal)
    {
        var masked = Current with { Findings = [DiagnosticCatalog.Masked.Error("masked", "unmask")] };

        Assert.Equal([DiagnosticCatalog.Masked], Plan(goal, masked).Blockers.Select(blocker => blocker.Descriptor));
        Assert.Equal([StepKind.Stop], Steps(Goal.Stopped, masked));
    }

    [Fact]
    public void A_manager_that_does_not_answer_forbids_even_a_stop() => Assert.NotEmpty(
        Plan(Goal.Stopped, Current with { Findings = [DiagnosticCatalog.ManagerUnreachable.Error("no bus")] }).Blockers);

    [Theory]
    [InlineData("HGW1008")]
    [InlineData("HGW1009")]
    public void A_users_manager_that_is_not_up_forbids_even_a_stop(string code)
    {
        var finding = DiagnosticCatalog.All.First(one => one.Code == code).Error("no manager", "loginctl");

        Assert.Equal([finding], Plan(Goal.Stopped, Current with { Findings = [finding] }).Blockers.AsEnumerable());
    }

    [Fact]
    public void Another_obstacle_is_not_overcome_by_bringing_the_manager_up()
    {
        var (masked, absent) = (DiagnosticCatalog.Masked.Error("masked"), DiagnosticCatalog.UserManagerNotRunning.Error("no manager"));
        var seen = Current with { StartsWithoutLogin = Answer.No, Findings = [absent, masked] };

        var plan = Planner.For(Goal.Running, Comparison.Of(Wanted, seen), new PlanOptions(true, false, RunWithoutLogin: true));

        Assert.Equal([masked], plan.Blockers.AsEnumerable());
    }

    [Fact]
    public void A_manager_that_cannot_do_it_is_not_told_to_run_services_without_a_login()
    {
        var wanted = Wanted with { Rules = new ManagerRules { EnabledByFile = true, LoadingStarts = true } };
        var seen = Current with { StartsWithoutLogin = Answer.No };

        Assert.Empty(Planner.For(Goal.Running, Comparison.Of(wanted, seen), new PlanOptions(true, false, RunWithoutLogin: true)).Steps);
    }

    [Fact]
    public void Every_step_has_a_reason() => Assert.All(
        Plan(Goal.Running, Seen.From(Old, Wanted)).Steps, step => Assert.NotEmpty(step.Reason));

    [Fact]
    public void The_reason_of_a_repair_names_what_differs() => Assert.Contains(
        "Revision", Plan(Goal.Running, Seen.From(Old, Wanted)).Steps[0].Reason, StringComparison.Ordinal);

    private static Plan Plan(Goal goal, ServiceObservation seen, bool enable = true) =>
        Planner.For(goal, Comparison.Of(Wanted, seen), new PlanOptions(enable, false));

    private static IEnumerable<StepKind> Steps(Goal goal, ServiceObservation seen, bool enable = true)
    {
        var plan = Plan(goal, seen, enable);
        Assert.Empty(plan.Blockers);
        return plan.Steps.Select(step => step.Kind);
    }
}

using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class PlanOfSteps
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
    public void Service_without_drift_needs_no_step(Goal goal) => Assert.Empty(Steps(goal, Current));

    [Fact]
    public void Stopped_service_is_not_stopped_again() =>
        Assert.Empty(Steps(Goal.Stopped, Current with { Running = Seen.NotRunning() }));

    [Fact]
    public void Absent_service_is_not_removed_again() => Assert.Empty(Steps(Goal.Absent, Nothing));

    [Fact]
    public void Observation_needs_no_step() => Assert.Empty(Steps(Goal.Observed, Nothing));

    [Fact]
    public void First_deploy_writes_enables_loads_and_starts() => Assert.Equal(
        [StepKind.Write, StepKind.Enable, StepKind.Load, StepKind.Start], Steps(Goal.Running, Nothing));

    [Fact]
    public void Rebuilt_program_is_written_loaded_and_restarted() => Assert.Equal(
        [StepKind.Write, StepKind.Load, StepKind.ClearFailure, StepKind.Restart],
        Steps(Goal.Running, Seen.From(Old, Wanted)));

    [Theory]
    [InlineData]
    [InlineData("/d/x.conf")]
    public void Definition_of_a_moved_project_is_written_and_loaded_and_the_process_lives_on(params string[] dropIns)
    {
        var seen = Seen.From(Sample.Desired(Sample.Definition() with { Source = "/old/my/Gateway.csproj" }), Wanted);
        Assert.Equal(
            [StepKind.Write, StepKind.Load], Steps(Goal.Running, seen with { Loaded = seen.Loaded with { DropIns = [.. dropIns] } }));
    }

    [Fact]
    public void Operator_edit_without_a_reload_needs_a_reload_and_no_restart() => Assert.Equal(
        [StepKind.Load], Steps(Goal.Running, Current with { Loaded = Seen.Loaded(Wanted) with { IsOlderThanDisk = true } }));

    [Fact]
    public void Different_loaded_definition_needs_a_reload_and_a_restart() => Assert.Equal(
        [StepKind.Load, StepKind.ClearFailure, StepKind.Restart],
        Steps(Goal.Running, Current with { Loaded = Seen.Loaded(Old) }));

    [Fact]
    public void Process_of_an_older_build_is_restarted() => Assert.Equal(
        [StepKind.ClearFailure, StepKind.Restart], Steps(Goal.Running, Current with { Running = Seen.Running(Old) }));

    [Fact]
    public void Process_older_than_the_start_limit_interval_needs_no_clearing_of_failures() => Assert.Equal(
        [StepKind.Write, StepKind.Load, StepKind.Restart],
        Steps(Goal.Running, Seen.From(Old, Wanted) with { Running = Seen.Running(Old) with { MayHaveCountedStarts = false } }));

    [Theory]
    [InlineData(nameof(Activity.Stopped), StepKind.Start)]
    [InlineData(nameof(Activity.Failed), StepKind.Start)]
    [InlineData(nameof(Activity.WaitingToRestart), StepKind.Restart)]
    public void Service_that_is_not_running_is_started_after_its_failures_are_cleared(string activity, StepKind step) => Assert.Equal(
        [StepKind.ClearFailure, step], Steps(Goal.Running, Current with { Running = Seen.NotRunning(Enum.Parse<Activity>(activity)) }));

    [Fact]
    public void Process_that_cannot_be_verified_is_restarted() => Assert.Equal(
        [StepKind.ClearFailure, StepKind.Restart],
        Steps(Goal.Running, Current with { Running = Seen.Running(Wanted) with { Environment = null } }));

    [Fact]
    public void Definition_that_is_not_loaded_is_loaded_before_the_start() => Assert.Equal(
        [StepKind.Load, StepKind.Start],
        Steps(Goal.Running, Current with { Loaded = Seen.NotLoaded(), Running = Seen.NotRunning() }));

    [Fact]
    public void Install_does_not_touch_the_process() => Assert.Equal(
        [StepKind.Write, StepKind.Load], Steps(Goal.Installed, Seen.From(Old, Wanted)));

    [Fact]
    public void Disabled_service_is_enabled_only_when_requested()
    {
        var observation = Current with { Enabled = Answer.No };
        Assert.Equal([StepKind.Enable, StepKind.Load], Steps(Goal.Running, observation));
        Assert.Empty(Steps(Goal.Running, observation, enable: false));
    }

    [Fact]
    public void Restart_restarts_a_current_service() =>
        Assert.Equal([StepKind.ClearFailure, StepKind.Restart], Steps(Goal.Restarted, Current));

    [Fact]
    public void Uninstall_stops_disables_removes_and_unloads() => Assert.Equal(
        [StepKind.Stop, StepKind.Disable, StepKind.Remove, StepKind.Unload], Steps(Goal.Absent, Current));

    [Fact]
    public void Process_in_an_unknown_state_is_stopped() => Assert.Equal(
        [StepKind.Stop], Steps(Goal.Stopped, Current with { Running = Seen.NotRunning(Activity.Unknown) }));

    [Theory]
    [InlineData(Goal.Installed)]
    [InlineData(Goal.Running)]
    [InlineData(Goal.Restarted)]
    [InlineData(Goal.Absent)]
    public void Mask_blocks_every_change_except_a_stop(Goal goal)
    {
        var masked = Current with { Findings = [DiagnosticCatalog.Masked.Error("masked", "unmask")] };

        Assert.Equal([DiagnosticCatalog.Masked], Plan(goal, masked).Blockers.Select(blocker => blocker.Descriptor));
        Assert.Equal([StepKind.Stop], Steps(Goal.Stopped, masked));
    }

    [Fact]
    public void Absent_manager_blocks_even_a_stop()
    {
        var finding = DiagnosticCatalog.ManagerUnreachable.Error("no bus");

        foreach (var canBeStarted in new[] { true, false })
            Assert.Equal(
                [finding],
                Plan(Goal.Stopped, Current with { Absence = new ManagerAbsence(finding, canBeStarted) }).Blockers.AsEnumerable());
    }

    [Fact]
    public void Link_is_explained_by_the_manager_or_by_the_plan_beside_other_errors()
    {
        var masked = Current with
        {
            Installed = Seen.Installed(InstalledKind.Linked), Findings = [DiagnosticCatalog.Masked.Error("masked")], ExplainsLink = true,
        };
        var shadowed = masked with { Findings = [DiagnosticCatalog.Shadowed.Error("shadowed")], ExplainsLink = false };

        Assert.Equal([DiagnosticCatalog.Masked], Plan(Goal.Running, masked).Blockers.Select(blocker => blocker.Descriptor));
        Assert.Equal(
            [DiagnosticCatalog.Shadowed, DiagnosticCatalog.DefinitionIsLink],
            Plan(Goal.Running, shadowed).Blockers.Select(blocker => blocker.Descriptor));
    }

    [Fact]
    public void Mask_remains_a_blocker_when_linger_would_start_the_user_manager()
    {
        var (masked, absent) = (DiagnosticCatalog.Masked.Error("masked"), DiagnosticCatalog.UserManagerNotRunning.Error("no manager"));
        var observation = Current with
        {
            StartsWithoutLogin = Answer.No, Absence = new ManagerAbsence(absent, CanBeStarted: true), Findings = [masked],
        };

        var plan = Planner.For(Goal.Running, Comparison.Of(Wanted, observation), new PlanOptions(true, false, RunWithoutLogin: true));

        Assert.Equal([masked], plan.Blockers.AsEnumerable());
    }

    [Fact]
    public void Linger_is_not_planned_for_a_manager_without_linger()
    {
        var wanted = Wanted with { Rules = new ManagerRules { EnabledByFile = true, LoadingStarts = true } };
        var observation = Current with { StartsWithoutLogin = Answer.No };

        Assert.Empty(Planner.For(Goal.Running, Comparison.Of(wanted, observation), new PlanOptions(true, false, RunWithoutLogin: true)).Steps);
    }

    [Fact]
    public void Every_step_has_a_reason() => Assert.All(
        Plan(Goal.Running, Seen.From(Old, Wanted)).Steps, step => Assert.NotEmpty(step.Reason));

    [Fact]
    public void Reason_of_a_repair_names_the_changed_key() => Assert.Contains(
        "Revision", Plan(Goal.Running, Seen.From(Old, Wanted)).Steps[0].Reason, StringComparison.Ordinal);

    private static Plan Plan(Goal goal, ServiceObservation observation, bool enable = true) =>
        Planner.For(goal, Comparison.Of(Wanted, observation), new PlanOptions(enable, false));

    private static IEnumerable<StepKind> Steps(Goal goal, ServiceObservation observation, bool enable = true)
    {
        var plan = Plan(goal, observation, enable);
        Assert.Empty(plan.Blockers);
        return plan.Steps.Select(step => step.Kind);
    }
}

using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>Plans for a manager that starts what it loads, and for which the file alone enables a service: launchd.</summary>
public class PlansWhereLoadingStartsTests
{
    private static readonly ManagerRules Rules = new() { EnabledByFile = true, LoadingStarts = true };
    private static readonly DesiredService Wanted = Sample.Desired() with { Rules = Rules };
    private static readonly DesiredService Old = Sample.Desired(Sample.Definition() with { Revision = "r0" });
    private static readonly ServiceObservation Current = Seen.AllCurrent(Wanted);
    private static readonly ServiceObservation Disabled = Current with { Enabled = Answer.No, RefusesUntilEnabled = true };

    private static readonly ServiceObservation Nothing = Current with
    {
        Installed = Seen.Installed(InstalledKind.Missing),
        Loaded = Seen.NotLoaded(),
        Running = Seen.NotRunning(),
        Enabled = Answer.No,
    };

    [Theory]
    [InlineData(Goal.Installed)]
    [InlineData(Goal.Running)]
    public void Without_drift_nothing_is_done(Goal goal) => Assert.Empty(Steps(goal, Current));

    [Fact]
    public void A_first_deploy_writes_loads_and_makes_sure_of_the_start() =>
        Assert.Equal([StepKind.Write, StepKind.Load, StepKind.Start], Steps(Goal.Running, Nothing));

    [Fact]
    public void A_rebuild_loads_anew_and_is_not_restarted_on_top_of_that() =>
        Assert.Equal([StepKind.Write, StepKind.Load, StepKind.Start], Steps(Goal.Running, Seen.From(Old, Wanted)));

    [Fact]
    public void A_restart_of_what_is_current_loads_nothing() =>
        Assert.Equal([StepKind.Restart], Steps(Goal.Restarted, Current));

    [Fact]
    public void A_restart_of_what_has_drifted_is_the_loading() =>
        Assert.Equal([StepKind.Write, StepKind.Load, StepKind.Start], Steps(Goal.Restarted, Seen.From(Old, Wanted)));

    [Fact]
    public void A_copy_older_than_the_file_is_loaded_anew_though_the_process_is_current() => Assert.Equal(
        [StepKind.Load, StepKind.Start],
        Steps(Goal.Running, Current with { Loaded = Seen.Loaded(Wanted) with { IsOlderThanDisk = true } }));

    [Fact]
    public void What_is_loaded_without_a_process_is_started_and_not_loaded_again() =>
        Assert.Equal([StepKind.Start], Steps(Goal.Running, Current with { Running = Seen.NotRunning() }));

    [Theory]
    [InlineData(Goal.Installed)]
    [InlineData(Goal.Running)]
    [InlineData(Goal.Restarted)]
    public void What_is_disabled_is_enabled_before_it_is_loaded_whatever_the_verb(Goal goal)
    {
        var steps = Steps(goal, Nothing with { RefusesUntilEnabled = true }, enable: false);
        Assert.Equal([StepKind.Write, StepKind.Enable, StepKind.Load], steps.Take(3));
    }

    [Fact]
    public void A_disabled_service_that_runs_is_enabled_and_left_running() =>
        Assert.Equal([StepKind.Enable], Steps(Goal.Running, Disabled));

    [Theory]
    [InlineData(Goal.Stopped)]
    [InlineData(Goal.Absent)]
    [InlineData(Goal.Observed)]
    public void No_other_verb_lifts_a_prohibition(Goal goal) => Assert.DoesNotContain(StepKind.Enable, Steps(goal, Disabled));

    [Fact]
    public void Nothing_is_disabled_when_the_file_goes() =>
        Assert.Equal([StepKind.Stop, StepKind.Remove, StepKind.Unload], Steps(Goal.Absent, Current));

    [Fact]
    public void What_is_loaded_twice_is_loaded_anew()
    {
        var seen = Current with { Loaded = Seen.Loaded(Wanted) with { Duplicates = ["user/501"] } };
        var comparison = Comparison.Of(Wanted, seen);

        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
        Assert.Equal(new Drift(Layer.Loaded, "Domain", null, "user/501"), Assert.Single(comparison.Drifts));
        Assert.Equal([StepKind.Load, StepKind.Start], Steps(Goal.Running, seen));
    }

    private static IEnumerable<StepKind> Steps(Goal goal, ServiceObservation seen, bool enable = true) =>
        Planner.For(goal, Comparison.Of(Wanted, seen), new PlanOptions(enable, TakeOver: false)).Steps.Select(step => step.Kind);
}

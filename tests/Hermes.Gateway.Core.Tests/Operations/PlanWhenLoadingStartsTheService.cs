using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>Plans for launchd, which starts a service by loading it and enables a service by the existence of its file.</summary>
public class PlanWhenLoadingStartsTheService
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
    public void Service_without_drift_needs_no_step(Goal goal) => Assert.Empty(Steps(goal, Current));

    [Fact]
    public void First_deploy_writes_loads_and_ensures_the_start() =>
        Assert.Equal([StepKind.Write, StepKind.Load, StepKind.Start], Steps(Goal.Running, Nothing));

    [Fact]
    public void Rebuilt_program_is_loaded_again_without_an_additional_restart() =>
        Assert.Equal([StepKind.Write, StepKind.Load, StepKind.Start], Steps(Goal.Running, Seen.From(Old, Wanted)));

    [Fact]
    public void Definition_of_a_moved_project_is_written_and_the_process_lives_on()
    {
        var moved = Sample.Desired(Sample.Definition() with { Source = "/old/my/Gateway.csproj" });
        Assert.Equal([StepKind.Write], Steps(Goal.Running, Seen.From(moved, Wanted)));
        Assert.Equal([StepKind.Write, StepKind.Restart], Steps(Goal.Restarted, Seen.From(moved, Wanted)));
    }

    [Fact]
    public void Restart_of_a_current_service_loads_nothing() =>
        Assert.Equal([StepKind.Restart], Steps(Goal.Restarted, Current));

    [Fact]
    public void Restart_of_a_drifted_service_is_done_by_loading() =>
        Assert.Equal([StepKind.Write, StepKind.Load, StepKind.Start], Steps(Goal.Restarted, Seen.From(Old, Wanted)));

    [Fact]
    public void Loaded_definition_older_than_its_file_is_loaded_again_under_a_current_process() => Assert.Equal(
        [StepKind.Load, StepKind.Start],
        Steps(Goal.Running, Current with { Loaded = Seen.Loaded(Wanted) with { IsOlderThanDisk = true } }));

    [Fact]
    public void Loaded_service_without_a_process_is_started_and_not_loaded_again() =>
        Assert.Equal([StepKind.Start], Steps(Goal.Running, Current with { Running = Seen.NotRunning() }));

    [Theory]
    [InlineData(Goal.Installed)]
    [InlineData(Goal.Running)]
    [InlineData(Goal.Restarted)]
    public void Disabled_service_is_enabled_before_it_is_loaded(Goal goal)
    {
        var steps = Steps(goal, Nothing with { RefusesUntilEnabled = true }, enable: false);
        Assert.Equal([StepKind.Write, StepKind.Enable, StepKind.Load], steps.Take(3));
    }

    [Fact]
    public void Running_disabled_service_is_enabled_and_left_running() =>
        Assert.Equal([StepKind.Enable], Steps(Goal.Running, Disabled));

    [Theory]
    [InlineData(Goal.Stopped)]
    [InlineData(Goal.Absent)]
    [InlineData(Goal.Observed)]
    public void Stop_uninstall_and_status_do_not_enable_a_disabled_service(Goal goal) => Assert.DoesNotContain(StepKind.Enable, Steps(goal, Disabled));

    [Fact]
    public void Uninstall_does_not_disable_the_service() =>
        Assert.Equal([StepKind.Stop, StepKind.Remove, StepKind.Unload], Steps(Goal.Absent, Current));

    [Fact]
    public void Service_loaded_in_two_domains_is_loaded_again()
    {
        var observation = Current with { Loaded = Seen.Loaded(Wanted) with { Duplicates = ["user/501"] } };
        var comparison = Comparison.Of(Wanted, observation);

        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
        Assert.Equal(new Drift(Layer.Loaded, "Domain", null, "user/501"), Assert.Single(comparison.Drifts));
        Assert.Equal([StepKind.Load, StepKind.Start], Steps(Goal.Running, observation));
    }

    private static IEnumerable<StepKind> Steps(Goal goal, ServiceObservation observation, bool enable = true) =>
        Planner.For(goal, Comparison.Of(Wanted, observation), new PlanOptions(enable, TakeOver: false)).Steps.Select(step => step.Kind);
}

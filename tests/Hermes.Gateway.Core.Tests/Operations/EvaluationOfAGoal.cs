using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class EvaluationOfAGoal
{
    private static readonly DesiredService Wanted = Sample.Desired();
    private static readonly DesiredService Old = Sample.Desired(Sample.Definition() with { Revision = "r0" });
    private static readonly ServiceObservation Current = Seen.AllCurrent(Wanted);

    private static readonly ServiceRequest Request = new() { Definition = Sample.Definition(), Manager = "systemd", DeployCommand = Sample.DeployCommand };

    public static TheoryData<string, object, string[]> ObservedServices => new()
    {
        { "all current", Current, [] },
        { "not installed", Current with { Installed = Seen.Installed(InstalledKind.Missing), Loaded = Seen.NotLoaded(), Running = Seen.NotRunning(), Enabled = Answer.No }, ["HGW4001"] },
        { "not installed but running", Current with { Installed = Seen.Installed(InstalledKind.Missing), Loaded = Seen.NotLoaded() }, ["HGW4001"] },
        { "stale everywhere", Seen.From(Old, Wanted), ["HGW4002", "HGW4005"] },
        { "not loaded", Current with { Loaded = Seen.NotLoaded() }, ["HGW4003"] },
        { "older in memory", Current with { Loaded = Seen.Loaded(Old) }, ["HGW4003"] },
        { "not enabled", Current with { Enabled = Answer.No }, ["HGW4008"] },
        { "enabled state unknown", Current with { Enabled = Answer.Unknown }, ["HGW4011"] },
        { "stopped", Current with { Running = Seen.NotRunning() }, ["HGW4004"] },
        { "crash looping", Current with { Running = Seen.NotRunning(Activity.WaitingToRestart, 4) }, ["HGW4006"] },
        { "older process", Current with { Running = Seen.Running(Old) }, ["HGW4005"] },
        { "unreadable process", Current with { Running = Seen.Running(Wanted) with { Environment = null } }, ["HGW4011"] },
        { "stopping", Current with { Running = Seen.Running(Wanted) with { Activity = Activity.Stopping } }, ["HGW4004"] },
        { "still starting", Current with { Running = Seen.Running(Wanted) with { Activity = Activity.Starting } }, ["HGW4004"] },
        { "no answer", Unanswered, ["HGW1002"] },
        { "unreadable", Current with { Installed = Seen.Installed(InstalledKind.Unreadable) }, ["HGW2009"] },
        { "a link", Current with { Installed = Seen.Installed(InstalledKind.Linked) }, ["HGW2008"] },
        { "a mask", Current with { Installed = Seen.Installed(InstalledKind.Linked), Loaded = Seen.NotLoaded(), Running = Seen.NotRunning(), Findings = [DiagnosticCatalog.Masked.Error("masked", "unmask")] }, ["HGW3003", "HGW4004"] },
        { "another project's", Current with { Installed = Seen.Installed(Sample.Desired(Sample.Definition() with { Source = "/src/other/Other.csproj" }), Wanted) }, ["HGW2004"] },
        { "a shadow", Current with { Loaded = Seen.Loaded(Old), Findings = [DiagnosticCatalog.Shadowed.Error("shadowed", "cat")] }, ["HGW3004", "HGW4003"] },
    };

    [Theory]
    [MemberData(nameof(ObservedServices))]
    public void Findings_of_an_unmet_goal_start_with_the_cause(string name, object observation, string[] codes)
    {
        var problems = Problems(Operation.Verify, (ServiceObservation)observation);

        Assert.NotEmpty(name);
        Assert.Equal(codes, problems.Select(problem => problem.Code));
        Assert.All(problems, problem =>
        {
            Assert.Equal(Severity.Error, problem.Severity);
            Assert.False(string.IsNullOrEmpty(problem.Advice) && problem.Descriptor != DiagnosticCatalog.ManagerUnreachable);
        });
    }

    [Fact]
    public void Goal_is_met_only_by_a_running_process_with_all_layers_current()
    {
        InstalledFacts[] installed =
        [
            Current.Installed, Seen.Installed(Old, Wanted), Seen.Installed(InstalledKind.Missing),
            Seen.Installed(InstalledKind.Unreadable), Seen.Installed(InstalledKind.Linked),
        ];
        LoadedFacts[] loaded =
        [
            Current.Loaded, Seen.Loaded(Old), Current.Loaded with { IsOlderThanDisk = true },
            Current.Loaded with { PendingDropIns = ["/x.conf"] }, Seen.NotLoaded(), Seen.NotLoaded(Answer.Unknown),
        ];
        var running =
            from activity in Enum.GetValues<Activity>()
            from process in new[] { Seen.Running(Wanted), Seen.Running(Old), Seen.NotRunning() }
            from environment in new[] { process.Environment, null }
            select process with { Activity = activity, Environment = environment };
        var all =
            from i in installed
            from l in loaded
            from r in running
            select Current with { Installed = i, Loaded = l, Running = r };

        foreach (var observation in all)
        {
            var now = Comparison.Of(Wanted, observation);
            var isProven = now.States.AllCurrent && observation.Running is { Activity: Activity.Up, ProcessId: not null };
            var problems = Problems(Operation.Deploy, observation);
            Assert.True(
                isProven == (problems.Count == 0),
                $"{now.States}, {observation.Running.Activity}, process {observation.Running.ProcessId}: {string.Join(' ', problems)}");
        }
    }

    [Fact]
    public void Install_does_not_require_a_running_process() =>
        Assert.Empty(Problems(Operation.Install, Current with { Running = Seen.NotRunning(Activity.Failed) }));

    [Fact]
    public void Start_does_not_require_an_enabled_service() =>
        Assert.Empty(Problems(Operation.Start, Current with { Enabled = Answer.No }));

    [Fact]
    public void Unknown_state_after_a_stop_or_an_uninstall_does_not_count_as_gone()
    {
        Assert.NotEmpty(Problems(Operation.Stop, Unanswered));
        Assert.NotEmpty(Problems(Operation.Uninstall, Unanswered));
    }

    [Fact]
    public void Every_remaining_part_of_an_uninstalled_service_is_reported()
    {
        var problems = Problems(Operation.Uninstall, Current);
        Assert.Equal(["HGW4009", "HGW4010", "HGW4010", "HGW4010"], problems.Select(problem => problem.Code));
    }

    [Theory]
    [InlineData(nameof(Activity.Starting), false, 0, true)]
    [InlineData(nameof(Activity.Stopping), false, 0, true)]
    [InlineData(nameof(Activity.Stopped), true, 0, false)]
    [InlineData(nameof(Activity.Failed), true, 0, false)]
    [InlineData(nameof(Activity.WaitingToRestart), true, 0, true)]
    [InlineData(nameof(Activity.WaitingToRestart), true, 1, false)]
    [InlineData(nameof(Activity.WaitingToRestart), false, 0, false)]
    [InlineData(nameof(Activity.Up), true, 1, true)]
    [InlineData(nameof(Activity.Up), true, 2, false)]
    [InlineData(nameof(Activity.Up), false, 0, false)]
    [InlineData(nameof(Activity.Unknown), true, 0, true)]
    [InlineData(nameof(Activity.Unknown), false, 0, false)]
    public void Polling_continues_only_while_the_goal_can_still_be_met(string activity, bool hasActed, int restarts, bool canStillBeMet) =>
        Assert.Equal(
            canStillBeMet,
            GoalEvaluator.CanStillBeMet(Comparison.Of(Wanted, Current with { Running = Seen.NotRunning(Enum.Parse<Activity>(activity), restarts) }), hasActed, 0));

    [Theory]
    [InlineData(nameof(Activity.WaitingToRestart))]
    [InlineData(nameof(Activity.Up))]
    public void State_in_transit_is_observed_again(string activity)
    {
        var observation = Current with { Running = Seen.NotRunning(Enum.Parse<Activity>(activity), 5) with { IsInTransit = true } };

        Assert.True(GoalEvaluator.CanStillBeMet(Comparison.Of(Wanted, observation), hasActed: false, restartsBefore: 0));
    }

    private static ServiceObservation Unanswered => Current with
    {
        Loaded = Seen.NotLoaded(Answer.Unknown),
        Running = Seen.NotRunning(Activity.Unknown),
        Enabled = Answer.Unknown,
        Absence = new ManagerAbsence(DiagnosticCatalog.ManagerUnreachable.Error("no bus"), CanBeStarted: false),
    };

    private static List<Finding> Problems(Operation operation, ServiceObservation observation) =>
        [.. new GoalEvaluator(
            operation, Sample.Systemd(Sample.Host("/home/me")), Request, Comparison.Of(Wanted, observation), new EvaluationFacts())
            .Evaluate().Problems];
}

using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>The rows that whole operations leave in their reports.</summary>
public sealed class ChecksOfRunsTests : IDisposable
{
    private readonly World _world = new(FakeRunner.Exiting(0));

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_deploy_proves_every_row_and_a_verification_after_it_too()
    {
        var request = _world.Request() with { Health = new HealthCheck.Exec("/opt/check") };

        Assert.Equal(["Pass", "Pass", "Pass", "Pass", "Pass", "Pass", "Pass"], Run(Operation.Deploy, request));
        // This process was there before, and nobody told how long.
        Assert.Equal(["Pass", "Pass", "Pass", "Pass", "Pass", "Skipped", "Pass"], Run(Operation.Verify, request));
        _world.Manager.Distort = seen => seen with { Running = seen.Running with { StartedAt = _world.Clock.GetUtcNow().AddHours(-1) } };
        Assert.Equal(["Pass", "Pass", "Pass", "Pass", "Pass", "Pass", "Pass"], Run(Operation.Verify, request));
    }

    [Fact]
    public void A_stop_asks_for_the_process_only_and_a_removal_for_every_trace()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);

        Assert.Equal(["Skipped", "Skipped", "Pass", "Skipped", "Skipped", "Skipped", "Skipped"], Run(Operation.Stop, request));
        Assert.Equal(["Pass", "Pass", "Pass", "Pass", "Skipped", "Skipped", "Skipped"], Run(Operation.Uninstall, request));
    }

    [Fact]
    public void An_installation_does_not_ask_for_the_process()
    {
        var request = _world.Request();
        Assert.Equal(["Pass", "Pass", "Skipped", "Pass", "Pass", "Skipped", "Skipped"], Run(Operation.Install, request));
        Assert.Equal(["Pass", "Pass", "Fail", "Pass", "Pass", "Skipped", "Skipped"], Run(Operation.Verify, request));
    }

    [Fact]
    public void A_status_and_a_plan_show_the_same_rows_without_failing()
    {
        var request = _world.Request();

        foreach (var operation in new[] { Operation.Status, Operation.PlanDeploy })
            Assert.Equal(
                ["Fail", "Fail", "Fail", "Fail", "Skipped", "Skipped", "Skipped"],
                _world.Run(operation, request).Checks.Select(row => row.Result.ToString()));
    }

    [Fact]
    public void A_start_does_not_ask_whether_it_is_enabled()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Service(request).IsEnabled = false;

        Assert.Equal(["Pass", "Pass", "Pass", "Skipped", "Pass", "Skipped", "Skipped"], Run(Operation.Start, request));
        Assert.Equal(["Pass", "Pass", "Pass", "Fail", "Pass", "Skipped", "Skipped"], Run(Operation.Verify, request));
    }

    [Fact]
    public void A_manager_that_does_not_tell_whether_it_is_enabled_is_not_taken_for_a_yes()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Distort = seen => seen with { Enabled = Answer.Unknown };

        var report = _world.Run(Operation.Verify, request);

        Assert.Equal((Outcome.Failed, "HGW4011"), (report.Outcome, Assert.Single(report.Findings).Code));
        Assert.Equal(CheckResult.Unknown, report.Checks.Single(row => row.Name == CheckName.Enabled).Result);
    }

    [Theory]
    [InlineData(OnStart.CrashLoops, CheckName.Stability)]
    [InlineData(OnStart.Nothing, CheckName.Process)]
    [InlineData(OnStart.Fails, CheckName.Process)]
    [InlineData(OnStart.KeepsStarting, CheckName.Process)]
    public void A_start_that_fails_has_a_row_that_fails(OnStart onStart, CheckName name)
    {
        var request = _world.Request();
        _world.Service(request).OnStart = onStart;

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Equal(CheckResult.Fail, report.Checks.Single(row => row.Name == name).Result);
    }

    [Fact]
    public void The_health_of_a_process_that_has_died_is_not_that_of_the_next_one()
    {
        var request = _world.Request() with { Health = new HealthCheck.Exec("/opt/check"), Timeout = TimeSpan.FromSeconds(3) };
        _world.Service(request).OnStart = OnStart.DiesOnce;
        var looks = 0;
        // Healthy at first; then another process is there that never gets up.
        _world.Manager.Distort = seen => seen.Running.Restarts > 0 && ++looks > 0
            ? seen with { Running = seen.Running with { Activity = Activity.Starting } }
            : seen;

        var report = _world.Run(Operation.Deploy, request);

        Assert.True(looks > 0);
        Assert.Equal((Outcome.Failed, ""), (report.Outcome, report.Health));
        Assert.Equal(CheckResult.Skipped, report.Checks.Single(row => row.Name == CheckName.Health).Result);
    }

    [Fact]
    public void A_deploy_that_was_not_begun_is_not_all_good_though_what_runs_is()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        File.Delete(request.Definition.Program);

        var report = _world.Run(Operation.Deploy, request);

        var row = Assert.Single(report.Checks, row => row.Result is not (CheckResult.Pass or CheckResult.Skipped));
        Assert.Equal((CheckName.Definition, CheckResult.Fail), (row.Name, row.Result));
        Assert.Contains("HGW0009", row.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_verification_knows_nothing()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var report = _world.Run(Operation.Verify, request, cancelled.Token);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.All(report.Checks, row => Assert.Equal(CheckResult.Unknown, row.Result));
    }

    /// <summary>The results of an operation, in the order of the names; asserts that they agree with its outcome.</summary>
    private IEnumerable<string> Run(Operation operation, ServiceRequest request)
    {
        var report = _world.Run(operation, request);
        Assert.Equal(Enum.GetValues<CheckName>(), report.Checks.Select(row => row.Name));
        Assert.Equal(
            report.Outcome == Outcome.Failed,
            report.Checks.Any(row => row.Result is CheckResult.Fail or CheckResult.Unknown));
        return report.Checks.Select(row => row.Result.ToString());
    }
}

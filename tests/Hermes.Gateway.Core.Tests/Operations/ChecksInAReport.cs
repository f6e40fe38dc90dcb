using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>The checks that whole operations write into their reports.</summary>
public sealed class ChecksInAReport : IDisposable
{
    private readonly World _world = new(FakeRunner.Exiting(0));

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Deploy_passes_every_check_and_so_does_verify_with_a_known_start_time()
    {
        var request = _world.Request() with { Health = new HealthCheck.Exec("/opt/check") };

        Assert.Equal(["Skipped", "Pass", "Pass", "Pass", "Pass", "Pass", "Pass", "Pass"], Run(Operation.Deploy, request));
        // The process ran before the verify, and the manager reports no start time.
        Assert.Equal(["Skipped", "Pass", "Pass", "Pass", "Pass", "Pass", "Skipped", "Pass"], Run(Operation.Verify, request));
        _world.Manager.Distort = observation => observation with { Running = observation.Running with { StartedAt = _world.Clock.GetUtcNow().AddHours(-1) } };
        Assert.Equal(["Skipped", "Pass", "Pass", "Pass", "Pass", "Pass", "Pass", "Pass"], Run(Operation.Verify, request));
    }

    [Fact]
    public void Stop_checks_only_the_process_and_uninstall_checks_every_trace()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);

        Assert.Equal(["Skipped", "Skipped", "Skipped", "Pass", "Skipped", "Skipped", "Skipped", "Skipped"], Run(Operation.Stop, request));
        Assert.Equal(["Skipped", "Pass", "Pass", "Pass", "Pass", "Skipped", "Skipped", "Skipped"], Run(Operation.Uninstall, request));
    }

    [Fact]
    public void Install_skips_the_check_of_the_process()
    {
        var request = _world.Request();
        Assert.Equal(["Skipped", "Pass", "Pass", "Skipped", "Pass", "Pass", "Skipped", "Skipped"], Run(Operation.Install, request));
        Assert.Equal(["Skipped", "Pass", "Pass", "Fail", "Pass", "Pass", "Skipped", "Skipped"], Run(Operation.Verify, request));
    }

    [Fact]
    public void Status_and_plan_show_failed_checks_without_failing()
    {
        var request = _world.Request();

        foreach (var operation in new[] { Operation.Status, Operation.PlanDeploy })
            Assert.Equal(
                ["Skipped", "Fail", "Fail", "Fail", "Fail", "Skipped", "Skipped", "Skipped"],
                _world.Run(operation, request).Checks.Select(row => row.Result.ToString()));
    }

    [Fact]
    public void Start_skips_the_check_whether_the_service_is_enabled()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Service(request).IsEnabled = false;

        Assert.Equal(["Skipped", "Pass", "Pass", "Pass", "Skipped", "Pass", "Skipped", "Skipped"], Run(Operation.Start, request));
        Assert.Equal(["Skipped", "Pass", "Pass", "Pass", "Fail", "Pass", "Skipped", "Skipped"], Run(Operation.Verify, request));
    }

    [Fact]
    public void Unknown_enabled_state_does_not_count_as_enabled()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Distort = observation => observation with { Enabled = Answer.Unknown };

        var report = _world.Run(Operation.Verify, request);

        Assert.Equal((Outcome.Failed, "HGW4011"), (report.Outcome, Assert.Single(report.Findings).Code));
        Assert.Equal(CheckResult.Unknown, report.Checks.Single(row => row.Name == CheckName.Enabled).Result);
    }

    [Theory]
    [InlineData(OnStart.CrashLoops, CheckName.Stability)]
    [InlineData(OnStart.Nothing, CheckName.Process)]
    [InlineData(OnStart.Fails, CheckName.Process)]
    [InlineData(OnStart.KeepsStarting, CheckName.Process)]
    public void Failed_start_has_a_failed_check(OnStart onStart, CheckName name)
    {
        var request = _world.Request();
        _world.Service(request).OnStart = onStart;

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Equal(CheckResult.Fail, report.Checks.Single(row => row.Name == name).Result);
    }

    [Fact]
    public void Health_of_a_dead_process_is_not_reported_for_its_successor()
    {
        var request = _world.Request() with { Health = new HealthCheck.Exec("/opt/check"), Timeout = TimeSpan.FromSeconds(3) };
        _world.Service(request).OnStart = OnStart.DiesOnce;
        var observations = 0;
        // The first process is healthy; its successor never becomes ready.
        _world.Manager.Distort = observation => observation.Running.Restarts > 0 && ++observations > 0
            ? observation with { Running = observation.Running with { Activity = Activity.Starting } }
            : observation;

        var report = _world.Run(Operation.Deploy, request);

        Assert.True(observations > 0);
        Assert.Equal((Outcome.Failed, ""), (report.Outcome, report.Health));
        Assert.Equal(CheckResult.Skipped, report.Checks.Single(row => row.Name == CheckName.Health).Result);
    }

    [Fact]
    public void Blocked_deploy_of_a_healthy_service_has_a_failed_check()
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
    public async Task Cancelled_verify_reports_every_check_as_unknown()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var report = _world.Run(Operation.Verify, request, cancelled.Token);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.All(report.Checks, row => Assert.Equal(CheckResult.Unknown, row.Result));
    }

    /// <summary>Runs an operation and returns the results of its checks; asserts that they agree with its outcome.</summary>
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

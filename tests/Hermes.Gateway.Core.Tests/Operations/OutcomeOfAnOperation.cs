using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>The outcome follows from observations and not from the exit status of a command.</summary>
public sealed class OutcomeOfAnOperation : IDisposable
{
    private readonly World _world = new(FakeRunner.Exiting(3));

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Failed_start_command_is_only_an_info_when_the_service_is_observed_running()
    {
        var request = _world.Request();
        _world.Service(request).OnStart = OnStart.RunsButCommandFails;

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.True(report.After.AllCurrent);
        var finding = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.StartFailed);
        Assert.Equal(Severity.Info, finding.Severity);
    }

    [Theory]
    [InlineData(OnStart.Nothing, "HGW4004")]
    [InlineData(OnStart.Fails, "HGW3006")]
    [InlineData(OnStart.CrashLoops, "HGW4006")]
    [InlineData(OnStart.KeepsStarting, "HGW4004")]
    public void Service_that_does_not_come_up_fails_within_the_timeout(OnStart onStart, string code)
    {
        var request = _world.Request();
        _world.Service(request).OnStart = onStart;

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Equal((code, Severity.Error), (report.Findings[0].Code, report.Findings[0].Severity));
        Assert.NotEmpty(report.Advice);
        Assert.Equal("the last words", Assert.Single(report.Log));
        Assert.True(report.Duration <= request.Timeout + TimeSpan.FromSeconds(1), $"{report.Duration}");
    }

    [Fact]
    public void Crash_loop_is_detected_before_the_timeout()
    {
        var request = _world.Request() with { Timeout = TimeSpan.FromHours(1) };
        _world.Service(request).OnStart = OnStart.CrashLoops;

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(RunningState.CrashLooping, report.After.Running);
        Assert.True(report.Duration < TimeSpan.FromMinutes(1), $"{report.Duration}");
    }

    [Fact]
    public void Started_process_must_live_through_the_stability_window()
    {
        var request = _world.Request() with { Stability = TimeSpan.FromSeconds(7) };

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.True(report.Duration >= request.Stability, $"{report.Duration}");
    }

    [Fact]
    public void Stability_window_longer_than_the_timeout_fails_at_the_timeout()
    {
        var request = _world.Request() with { Timeout = TimeSpan.FromSeconds(5), Stability = TimeSpan.FromHours(1) };

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.True(report.Duration <= TimeSpan.FromSeconds(6), $"{report.Duration}");
    }

    [Fact]
    public void Failing_health_check_fails_the_deploy_within_the_timeout_with_its_last_answer()
    {
        var request = _world.Request() with { Health = new HealthCheck.Exec("/opt/check"), Timeout = TimeSpan.FromSeconds(9) };

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Equal(DiagnosticCatalog.Unhealthy, report.Findings[0].Descriptor);
        Assert.Contains("exit 3", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.Contains("exit 3", report.Health, StringComparison.Ordinal);
        Assert.Equal(RunningState.Current, report.After.Running);
        Assert.InRange(report.Duration, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10));
        Assert.All(_world.Runner.Requests, command => Assert.Equal("/opt/check", command.Program));
    }

    [Fact]
    public void Health_check_that_passes_later_is_sufficient()
    {
        var attempts = 0;
        using var world = new World(new FakeRunner(command => FakeRunner.Exit(command, ++attempts < 5 ? 1 : 0)));
        var request = world.Request() with { Health = new HealthCheck.Exec("/opt/check") };

        var report = world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Changed, 5), (report.Outcome, attempts));
        Assert.StartsWith("healthy", report.Health, StringComparison.Ordinal);
    }

    [Fact]
    public void Health_of_a_dead_process_does_not_count_for_its_successor()
    {
        FakeService? service = null;
        using var world = new World(new FakeRunner(command => FakeRunner.Exit(command, service!.Running.Restarts == 0 ? 0 : 3)));
        var request = world.Request() with { Health = new HealthCheck.Exec("/opt/check") };
        service = world.Service(request);
        service.OnStart = OnStart.DiesOnce;

        var report = world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Failed, DiagnosticCatalog.Unhealthy), (report.Outcome, report.Findings[0].Descriptor));    }

    [Fact]
    public void Health_check_is_not_run_by_install_stop_and_uninstall()
    {
        var request = _world.Request() with { Health = new HealthCheck.Exec("/opt/check") };

        foreach (var operation in new[] { Operation.Install, Operation.Stop, Operation.Uninstall })
            Assert.NotEqual(Outcome.Failed, _world.Run(operation, request).Outcome);
        Assert.Empty(_world.Runner.Requests);
    }

    [Fact]
    public void Status_reports_an_unhealthy_service_as_a_warning()
    {
        var request = _world.Request() with { Health = new HealthCheck.Exec("/opt/check") };
        _world.Deployed(request.Definition);

        var report = _world.Run(Operation.Status, request);

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Equal((DiagnosticCatalog.Unhealthy, Severity.Warning), Assert.Single(report.Findings.Select(finding => (finding.Descriptor, finding.Severity))));
    }

    [Fact]
    public void Unreadable_process_is_current_by_its_verified_start()
    {
        _world.Manager.Distort = observation => observation with { Running = observation.Running with { Environment = null, Command = null } };
        var request = _world.Request();

        var first = _world.Run(Operation.Deploy, request);
        var second = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Changed, RunningState.Current), (first.Outcome, first.After.Running));
        Assert.Equal((Outcome.Unchanged, first.ProcessId), (second.Outcome, second.ProcessId));
    }

    [Fact]
    public void Stop_that_leaves_the_process_running_is_a_failure()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Stop ? StepResult.Done : null;

        var report = _world.Run(Operation.Stop, request);

        Assert.Equal((Outcome.Failed, DiagnosticCatalog.StillRunning), (report.Outcome, report.Findings[0].Descriptor));
    }

    [Fact]
    public void Unwritable_definition_is_reported_and_nothing_is_changed()
    {
        var request = _world.Request();
        var folder = Path.GetDirectoryName(_world.PathOf(request))!;
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        File.WriteAllText(folder, "a file where a folder is needed");

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Failed, DiagnosticCatalog.DefinitionNotWritable), (report.Outcome, report.Findings[0].Descriptor));
        Assert.False(report.Changed);
        Assert.Empty(_world.Manager.Applied);
    }
}

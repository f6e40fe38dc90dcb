using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A stop reports leftover processes, and does not report a process in an unknown state as ended.</summary>
public sealed class ProcessesLeftAfterAStop : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("stop")]
    [InlineData("uninstall")]
    public void Leftover_processes_are_named_in_a_warning_and_are_no_failure(string verb)
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Distort = WithLeftoverProcesses;

        var report = _world.Run(verb == "stop" ? Operation.Stop : Operation.Uninstall, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        var finding = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.ProcessesLeft);
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("pid 11 (worker), pid 12 (helper)", finding.Message, StringComparison.Ordinal);
        Assert.Equal("ps -f -p 11,12", finding.Advice);
        Assert.DoesNotContain("no process", ReportText.Summary(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Status_and_verify_report_leftover_processes()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Service(request).Stop();
        _world.Manager.Distort = WithLeftoverProcesses;

        foreach (var operation in new[] { Operation.Status, Operation.Verify })
        {
            var report = _world.Run(operation, request);
            Assert.Contains(report.Findings, finding => finding is { Code: "HGW4016", Severity: Severity.Warning });
        }
    }

    [Fact]
    public void Stop_without_leftover_processes_has_no_warning()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);

        var report = _world.Run(Operation.Stop, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.DoesNotContain(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.ProcessesLeft);
        Assert.Contains("no process", ReportText.Summary(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Process_that_still_runs_is_reported_when_the_reload_after_the_stop_fails_too()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Intercept = (kind, _) => kind is StepKind.Stop or StepKind.Unload
            ? new StepResult(StepStatus.Failed, DiagnosticCatalog.CommandTimedOut.Error($"the {kind} did not end.", "status"))
            : null;

        var report = _world.Run(Operation.Uninstall, request);

        Assert.Equal(Outcome.Failed, report.Outcome);
        var errors = report.Findings.Where(finding => finding.Severity == Severity.Error).ToList();
        Assert.Equal(["the Stop did not end.", "the Unload did not end."], errors.Take(2).Select(finding => finding.Message));
        Assert.Contains(errors, finding => finding.Descriptor == DiagnosticCatalog.StillRunning);
    }

    [Fact]
    public void Unknown_process_state_is_reported_as_neither_running_nor_ended()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Distort = observation => observation with
        {
            Running = new RunningFacts { Activity = Activity.Unknown, Evidence = "the manager did not answer" },
            Loaded = Seen.NotLoaded(Answer.Unknown),
        };

        var report = _world.Run(Operation.Stop, request);

        Assert.Equal((Outcome.Failed, RunningState.Unknown), (report.Outcome, report.After.Running));
        Assert.Equal("whether it runs is not known", Assert.Single(report.Steps).Reason);
        Assert.Contains("process unknown", ReportText.Summary(report), StringComparison.Ordinal);
    }

    [Fact]
    public void No_observation_lasts_much_longer_than_the_timeout()
    {
        var request = _world.Request() with { Timeout = TimeSpan.FromSeconds(7) };
        _world.Service(request).OnStart = OnStart.KeepsStarting;
        var began = _world.Clock.GetTimestamp();
        var ends = new List<TimeSpan>();
        _world.Manager.OnObserve = timeout => ends.Add(_world.Clock.GetElapsedTime(began) + timeout);

        _world.Run(Operation.Deploy, request);

        Assert.NotEmpty(ends);
        Assert.All(ends, end => Assert.True(end <= request.Timeout + TimeSpan.FromSeconds(2), $"{end}"));
    }

    private static ServiceObservation WithLeftoverProcesses(ServiceObservation observation) => observation.Running.ProcessId is not null
        ? observation
        : observation with { Running = observation.Running with { LeftoverProcesses = [new(11, "worker"), new(12, "helper")] } };
}

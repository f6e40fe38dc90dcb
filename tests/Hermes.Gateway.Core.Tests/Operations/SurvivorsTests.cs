using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>"It has ended" claims no more than is so: processes that are left are told, and what is not known is not
/// taken for ended.</summary>
public sealed class SurvivorsTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("stop")]
    [InlineData("uninstall")]
    public void Processes_that_are_left_after_the_end_are_named_and_are_no_failure(string verb)
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Distort = WithSurvivors;

        var report = _world.Run(verb == "stop" ? Operation.Stop : Operation.Uninstall, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        var finding = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.ProcessesLeft);
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("pid 11 (worker), pid 12 (helper)", finding.Message, StringComparison.Ordinal);
        Assert.Equal("ps -f -p 11,12", finding.Advice);
        Assert.DoesNotContain("no process", ReportText.Summary(report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_status_and_a_verification_name_them_too()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Service(request).Stop();
        _world.Manager.Distort = WithSurvivors;

        foreach (var operation in new[] { Operation.Status, Operation.Verify })
        {
            var report = _world.Run(operation, request);
            Assert.Contains(report.Findings, finding => finding is { Code: "HGW4016", Severity: Severity.Warning });
        }
    }

    [Fact]
    public void A_service_without_such_processes_is_not_warned_of()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);

        var report = _world.Run(Operation.Stop, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.DoesNotContain(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.ProcessesLeft);
        Assert.Contains("no process", ReportText.Summary(report), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_known_is_neither_said_to_run_nor_to_have_ended()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Distort = seen => seen with
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
    public void No_look_at_the_machine_may_take_much_longer_than_the_deadline()
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

    private static ServiceObservation WithSurvivors(ServiceObservation seen) => seen.Running.ProcessId is not null
        ? seen
        : seen with { Running = seen.Running with { LeftoverProcesses = [new(11, "worker"), new(12, "helper")] } };
}

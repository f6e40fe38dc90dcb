using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Operations.ManyServices;

/// <summary>The progress that a listener receives during an operation.</summary>
public sealed class ProgressOfAnOperation : IDisposable
{
    private readonly World _world = new();
    private readonly RecordedProgress _progress = new();

    public ProgressOfAnOperation() => _world.Listener = _progress;

    public void Dispose()
    {
        _progress.StepReported.Dispose();
        _world.Dispose();
    }

    [Fact]
    public void Step_for_fifty_services_is_reported_once_with_its_number()
    {
        _world.Run(Operation.Deploy, Requests(50));

        Assert.Equal(
            [
                new OperationProgress("deploy", 1, 5, StepKind.Write, 50),
                new OperationProgress("deploy", 2, 5, StepKind.Enable, 50),
                new OperationProgress("deploy", 3, 5, StepKind.Load, 50),
                new OperationProgress("deploy", 4, 5, StepKind.Start, 50),
                new OperationProgress("deploy", 5, 5, null, 50),
            ],
            _progress.Steps);
        Assert.Empty(_progress.Waits);
    }

    [Fact]
    public void Step_reports_the_number_of_services_that_it_changes()
    {
        var requests = Requests(5);
        foreach (var request in requests[2..]) _world.Deployed(request.Definition);

        _world.Run(Operation.Deploy, requests);

        Assert.All(_progress.Steps.SkipLast(1), step => Assert.Equal(2, step.Services));
        Assert.Equal(5, _progress.Steps[^1].Services);
    }

    [Fact]
    public void Quick_deploy_of_one_service_and_unchanged_services_report_no_progress()
    {
        _world.Run(Operation.Deploy, [_world.Request()]);
        var requests = Requests(5);
        foreach (var request in requests) _world.Deployed(request.Definition);
        foreach (var operation in new[] { Operation.Deploy, Operation.Status, Operation.Verify, Operation.PlanDeploy })
            _world.Run(operation, requests);

        Assert.Empty(_progress.Steps);
        Assert.Empty(_progress.Waits);
    }

    [Fact]
    public void Unplanned_step_is_not_reported_as_progress()
    {
        var requests = Requests(2);
        foreach (var request in requests) _world.Deployed(request.Definition);
        _world.Manager.Intercept = (kind, _) =>
            kind == StepKind.Restart && !_world.Manager.Applied.Any(step => step.StartsWith("Load", StringComparison.Ordinal))
                ? new StepResult(StepStatus.NotLoaded, DiagnosticCatalog.CommandFailed.Error("not loaded"))
                : null;

        _world.Run(Operation.Restart, requests);

        Assert.Equal([StepKind.ClearFailure, StepKind.Restart, (StepKind?)null], _progress.Steps.Select(step => step.Kind));
    }

    [Fact]
    public void Wait_reports_ready_and_failed_services_at_most_every_five_seconds()
    {
        var requests = Requests(4).Select(request => request with { Timeout = TimeSpan.FromSeconds(32), Stability = TimeSpan.FromSeconds(1) }).ToList();
        _world.Service(requests[1]).OnStart = OnStart.KeepsStarting;
        _world.Service(requests[2]).OnStart = OnStart.Fails;

        var reports = _world.Run(Operation.Deploy, requests);

        Assert.Equal(2, reports.Count(report => report.Outcome == Outcome.Failed));
        Assert.Equal(6, _progress.Waits.Count);
        Assert.All(_progress.Waits, wait => Assert.Equal(("deploy", 2, 1, 4), (wait.Verb, wait.Ready, wait.Failed, wait.Services)));
        foreach (var (before, after) in _progress.Waits.Zip(_progress.Waits.Skip(1)))
            Assert.InRange(after.Elapsed - before.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void Wait_for_one_service_is_reported()
    {
        var request = _world.Request() with { Timeout = TimeSpan.FromSeconds(12) };
        _world.Service(request).OnStart = OnStart.KeepsStarting;

        _world.Run(Operation.Deploy, request);

        Assert.Equal(2, _progress.Waits.Count);
        Assert.Empty(_progress.Steps);
    }

    [Fact]
    public void Long_step_for_one_service_is_reported()
    {
        _world.Clock.Elapsed = Progress.Interval;
        _world.Manager.Intercept = (_, _) =>
        {
            Assert.True(_progress.StepReported.WaitOne(Bounds.Test));
            return null;
        };

        _world.Run(Operation.Deploy, _world.Request());

        Assert.Contains(_progress.Steps, step => step is { Kind: StepKind.Start, Services: 1 });
    }

    [Fact]
    public void Exception_of_the_listener_during_a_long_step_is_thrown_by_the_operation()
    {
        _world.Clock.Elapsed = Progress.Interval;
        _progress.Throws = new InvalidOperationException("a defect of the listener");
        _world.Manager.Intercept = (_, _) =>
        {
            Assert.True(_progress.StepReported.WaitOne(Bounds.Test));
            return null;
        };

        var thrown = Assert.Throws<InvalidOperationException>(() => _world.Run(Operation.Deploy, _world.Request()));

        Assert.Same(_progress.Throws, thrown);
    }

    private List<ServiceRequest> Requests(int count) =>
        [.. Enumerable.Range(0, count).Select(i => _world.Request($"s{i}"))];

    private sealed class RecordedProgress : IOperationListener
    {
        public List<OperationProgress> Steps { get; } = [];

        public List<WaitingProgress> Waits { get; } = [];

        public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings)
        {
        }

        /// <summary>Set when a step is reported; one wait resets it.</summary>
        public AutoResetEvent StepReported { get; } = new(initialState: false);

        /// <summary>The exception that the listener throws when a step is reported; null for none.</summary>
        public Exception? Throws { get; set; }

        public void UnderWay(OperationProgress progress)
        {
            Steps.Add(progress);
            StepReported.Set();
            if (Throws is not null) throw Throws;
        }

        public void Waiting(WaitingProgress progress) => Waits.Add(progress);

        public void Ran(CommandResult command)
        {
        }
    }
}

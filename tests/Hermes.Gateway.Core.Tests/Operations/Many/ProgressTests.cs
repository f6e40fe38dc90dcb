using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Operations.Many;

/// <summary>What is heard of an operation while it is under way.</summary>
public sealed class ProgressTests : IDisposable
{
    private readonly World _world = new();
    private readonly Heard _heard = new();

    public ProgressTests() => _world.Listener = _heard;

    public void Dispose()
    {
        _heard.HasHeard.Dispose();
        _world.Dispose();
    }

    [Fact]
    public void Each_step_for_many_is_told_once_with_its_number()
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
            _heard.Steps);
        Assert.Empty(_heard.Waits);
    }

    [Fact]
    public void A_step_tells_for_how_many_it_is()
    {
        var requests = Requests(5);
        foreach (var request in requests[2..]) _world.Deployed(request.Definition);

        _world.Run(Operation.Deploy, requests);

        Assert.All(_heard.Steps.SkipLast(1), step => Assert.Equal(2, step.Services));
        Assert.Equal(5, _heard.Steps[^1].Services);
    }

    [Fact]
    public void Of_one_service_that_takes_no_time_and_of_many_with_nothing_to_do_nothing_is_told()
    {
        _world.Run(Operation.Deploy, [_world.Request()]);
        var requests = Requests(5);
        foreach (var request in requests) _world.Deployed(request.Definition);
        foreach (var operation in new[] { Operation.Deploy, Operation.Status, Operation.Verify, Operation.PlanDeploy })
            _world.Run(operation, requests);

        Assert.Empty(_heard.Steps);
        Assert.Empty(_heard.Waits);
    }

    [Fact]
    public void A_step_that_nobody_planned_is_not_counted()
    {
        var requests = Requests(2);
        foreach (var request in requests) _world.Deployed(request.Definition);
        _world.Manager.Intercept = (kind, _) =>
            kind == StepKind.Restart && !_world.Manager.Applied.Any(step => step.StartsWith("Load", StringComparison.Ordinal))
                ? new StepResult(StepStatus.NotLoaded, DiagnosticCatalog.CommandFailed.Error("not loaded"))
                : null;

        _world.Run(Operation.Restart, requests);

        Assert.Equal([StepKind.ClearFailure, StepKind.Restart, (StepKind?)null], _heard.Steps.Select(step => step.Kind));
    }

    [Fact]
    public void Waiting_tells_how_many_are_ready_at_most_every_five_seconds()
    {
        var requests = Requests(4).Select(request => request with { Timeout = TimeSpan.FromSeconds(32), Stability = TimeSpan.FromSeconds(1) }).ToList();
        _world.Service(requests[1]).OnStart = OnStart.KeepsStarting;
        _world.Service(requests[2]).OnStart = OnStart.Fails;

        var reports = _world.Run(Operation.Deploy, requests);

        Assert.Equal(2, reports.Count(report => report.Outcome == Outcome.Failed));
        Assert.Equal(6, _heard.Waits.Count);
        Assert.All(_heard.Waits, wait => Assert.Equal(("deploy", 2, 1, 4), (wait.Verb, wait.Ready, wait.Failed, wait.Services)));
        foreach (var (before, after) in _heard.Waits.Zip(_heard.Waits.Skip(1)))
            Assert.InRange(after.Elapsed - before.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void Waiting_for_one_service_is_told_too()
    {
        var request = _world.Request() with { Timeout = TimeSpan.FromSeconds(12) };
        _world.Service(request).OnStart = OnStart.KeepsStarting;

        _world.Run(Operation.Deploy, request);

        Assert.Equal(2, _heard.Waits.Count);
        Assert.Empty(_heard.Steps);
    }

    [Fact]
    public void A_step_for_one_service_is_told_when_it_takes_long()
    {
        _world.Clock.Elapsed = Progress.Interval;
        _world.Manager.Intercept = (_, _) =>
        {
            Assert.True(_heard.HasHeard.WaitOne(Bounds.Test));
            return null;
        };

        _world.Run(Operation.Deploy, _world.Request());

        Assert.Contains(_heard.Steps, step => step is { Kind: StepKind.Start, Services: 1 });
    }

    [Fact]
    public void What_the_listener_throws_during_a_long_step_is_thrown_by_the_operation()
    {
        _world.Clock.Elapsed = Progress.Interval;
        _heard.Throws = new InvalidOperationException("a defect of the listener");
        _world.Manager.Intercept = (_, _) =>
        {
            Assert.True(_heard.HasHeard.WaitOne(Bounds.Test));
            return null;
        };

        var thrown = Assert.Throws<InvalidOperationException>(() => _world.Run(Operation.Deploy, _world.Request()));

        Assert.Same(_heard.Throws, thrown);
    }

    private List<ServiceRequest> Requests(int count) =>
        [.. Enumerable.Range(0, count).Select(i => _world.Request($"s{i}"))];

    private sealed class Heard : IOperationListener
    {
        public List<OperationProgress> Steps { get; } = [];

        public List<WaitingProgress> Waits { get; } = [];

        public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings)
        {
        }

        /// <summary>Set when a step is told; one wait takes it back.</summary>
        public AutoResetEvent HasHeard { get; } = new(initialState: false);

        /// <summary>What it throws when a step is told; null for nothing.</summary>
        public Exception? Throws { get; set; }

        public void UnderWay(OperationProgress progress)
        {
            Steps.Add(progress);
            HasHeard.Set();
            if (Throws is not null) throw Throws;
        }

        public void Waiting(WaitingProgress progress) => Waits.Add(progress);

        public void Ran(CommandResult command)
        {
        }
    }
}

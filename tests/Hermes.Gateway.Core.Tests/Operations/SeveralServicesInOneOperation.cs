using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>One operation on several services, which may also be cancelled or locked out.</summary>
public sealed class SeveralServicesInOneOperation : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Empty_request_gives_no_reports(bool mayChange) =>
        Assert.Empty(_world.Run(mayChange ? Operation.Deploy : Operation.Status, []));

    [Fact]
    public void Failed_service_does_not_stop_the_others()
    {
        var requests = Requests(5);
        _world.Service(requests[1]).OnStart = OnStart.Fails;
        Directory.CreateDirectory(_world.PathOf(requests[3]));

        var reports = _world.Run(Operation.Deploy, requests);

        Assert.Equal(
            [Outcome.Changed, Outcome.Failed, Outcome.Changed, Outcome.Failed, Outcome.Changed],
            reports.Select(report => report.Outcome));
        Assert.Equal(requests.Select(request => request.Definition.Name), reports.Select(report => report.Definition.Name));
        Assert.Equal(DiagnosticCatalog.DefinitionUnreadable, reports[3].Findings[0].Descriptor);
        Assert.All(reports.Where(report => report.Outcome == Outcome.Changed), report => Assert.True(report.After.AllCurrent));
    }

    [Fact]
    public void Fifty_changed_services_need_one_call_of_each_step()
    {
        _world.Run(Operation.Deploy, Requests(50));

        Assert.Equal(["Enable", "Load", "Start"], _world.Manager.Applied.Select(step => step.Split(':')[0]));
        Assert.All(_world.Manager.Applied, step => Assert.Equal(50, step.Split(' ').Length - 1));
    }

    [Fact]
    public void Only_changed_services_are_touched()
    {
        var requests = Requests(3);
        _world.Deployed(requests[0].Definition);
        _world.Deployed(requests[1].Definition with { Revision = "r0" });
        _world.Deployed(requests[2].Definition);

        var reports = _world.Run(Operation.Deploy, requests);

        Assert.Equal([Outcome.Unchanged, Outcome.Changed, Outcome.Unchanged], reports.Select(report => report.Outcome));
        Assert.All(_world.Manager.Applied, step => Assert.EndsWith(": s1", step, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_unloaded_services_are_restarted_a_second_time()
    {
        var requests = Requests(3);
        foreach (var request in requests) _world.Deployed(request.Definition);
        var lost = requests[1].Definition.Name;
        _world.Manager.Intercept = (kind, desired) =>
            kind == StepKind.Restart && desired.Definition.Name == lost && !_world.Manager.Applied.Any(step => step.StartsWith("Load", StringComparison.Ordinal))
                ? new StepResult(StepStatus.NotLoaded, DiagnosticCatalog.CommandFailed.Error("not loaded"))
                : null;

        var reports = _world.Run(Operation.Restart, requests);

        Assert.Equal(["ClearFailure: s0 s1 s2", "Restart: s0 s1 s2", "Load: s1", "Restart: s1"], _world.Manager.Applied);
        Assert.All(reports, report => Assert.Equal(Outcome.Changed, report.Outcome));
    }

    [Theory]
    [InlineData(StepKind.Enable)]
    [InlineData(StepKind.Load)]
    [InlineData(StepKind.Start)]
    public void Cancellation_between_steps_is_reported_and_releases_the_locks(StepKind last)
    {
        var requests = Requests(2);
        using var cancellation = new CancellationTokenSource();
        _world.Manager.AfterStep = kind => { if (kind == last) cancellation.Cancel(); };

        var reports = _world.Run(Operation.Deploy, requests, cancellation.Token);

        Assert.All(reports, report =>
        {
            Assert.Equal((Outcome.Failed, true), (report.Outcome, report.Changed));
            Assert.Equal(["HGW9002"], report.Findings.Select(finding => finding.Code));
            Assert.NotEmpty(report.Advice);
        });
        Assert.StartsWith($"{last}:", _world.Manager.Applied[^1], StringComparison.Ordinal);

        _world.Manager.AfterStep = _ => { };
        Assert.All(_world.Run(Operation.Deploy, requests), report => Assert.True(report.After.AllCurrent));
    }

    [Fact]
    public void Operation_cancelled_before_its_start_changes_nothing()
    {
        var request = _world.Request();

        var report = _world.Run(Operation.Deploy, request, new CancellationToken(canceled: true));

        Assert.Equal((Outcome.Failed, false), (report.Outcome, report.Changed));
        Assert.Equal(["HGW9002"], report.Findings.Select(finding => finding.Code));
        Assert.Empty(_world.Manager.Applied);
        Assert.False(File.Exists(_world.PathOf(request)));
    }

    [Fact]
    public void Locked_service_is_reported_and_the_others_are_deployed()
    {
        var requests = Requests(2).Select(request => request with { Timeout = TimeSpan.Zero }).ToList();
        var store = new ServiceStore(_world.Host, TimeProvider.System);
        using var held = store.Lock(Sample.Desired(requests[0].Definition), TimeSpan.Zero, TestContext.Current.CancellationToken);

        var reports = _world.Run(
            Operation.Deploy, [requests[0], requests[1] with { Timeout = TimeSpan.FromSeconds(30) }]);

        Assert.Equal((Outcome.Failed, DiagnosticCatalog.Locked), (reports[0].Outcome, reports[0].Findings[0].Descriptor));
        Assert.Contains($"{Environment.ProcessId}", reports[0].Findings[0].Message, StringComparison.Ordinal);
        Assert.Equal(Outcome.Changed, reports[1].Outcome);
        Assert.DoesNotContain(_world.Manager.Applied, step => step.Contains("s0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Waiting_for_one_lock_leaves_enough_time_for_the_other_services()
    {
        var requests = Requests(4).Select(request => request with { Timeout = TimeSpan.FromSeconds(10), Stability = TimeSpan.FromSeconds(2) }).ToList();
        var store = new ServiceStore(_world.Host, TimeProvider.System);
        using var first = store.Lock(Sample.Desired(requests[0].Definition), TimeSpan.Zero, TestContext.Current.CancellationToken);
        using var second = store.Lock(Sample.Desired(requests[1].Definition), TimeSpan.Zero, TestContext.Current.CancellationToken);

        var running = Bounds.Begin(() => _world.Run(Operation.Deploy, requests));
        await _world.WaitsForLockAsync(requests[0]);
        _world.Clock.Advance(TimeSpan.FromSeconds(5));
        var reports = await running;

        Assert.Equal([Outcome.Failed, Outcome.Failed, Outcome.Changed, Outcome.Changed], reports.Select(report => report.Outcome));
        Assert.Contains("did not end within 5 s", reports[1].Findings[0].Message, StringComparison.Ordinal);
        Assert.All(reports, report => Assert.InRange(report.Duration, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Start_verified_by_another_operation_during_the_wait_counts()
    {
        var request = _world.Request();
        var held = _world.Store.Lock(_world.Manager.Describe(request.Definition), TimeSpan.Zero, TestContext.Current.CancellationToken);
        var waiting = Bounds.Begin(() => _world.Run(Operation.Deploy, request));
        await _world.WaitsForLockAsync(request);

        // The operation that holds the lock starts another process, which only the verified start can prove.
        _world.Deployed(request.Definition);
        _world.Service(request).HideEnvironment();
        var stamp = _world.Manager.Describe(request.Definition).Stamp.ToString();
        _world.Store.WriteVerifiedStart(request.Definition, new VerifiedStart(_world.Service(request).Running.Invocation!, stamp));
        held.Dispose();

        Assert.Equal(Outcome.Unchanged, (await waiting).Outcome);
    }

    [Fact]
    public void Read_only_operations_need_no_lock()
    {
        var request = _world.Request();
        using var held = new ServiceStore(_world.Host, TimeProvider.System)
            .Lock(Sample.Desired(request.Definition), TimeSpan.Zero, TestContext.Current.CancellationToken);

        foreach (var operation in new[] { Operation.Status, Operation.PlanDeploy, Operation.Verify })
            Assert.DoesNotContain(_world.Run(operation, request).Findings, finding => finding.Descriptor == DiagnosticCatalog.Locked);
    }

    [Fact]
    public void Unusable_state_folder_is_reported()
    {
        var request = _world.Request();
        Directory.CreateDirectory(Path.GetDirectoryName(_world.Host.StateHome)!);
        File.WriteAllText(_world.Host.StateHome, "a file where a folder is needed");

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(DiagnosticCatalog.StateFolderUnusable, report.Findings[0].Descriptor);
        Assert.Empty(_world.Manager.Applied);
    }

    private List<ServiceRequest> Requests(int count) =>
        [.. Enumerable.Range(0, count).Select(i => _world.Request($"s{i}"))];
}

using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A deploy of two services that is cancelled when one of them is verified and the other one is still starting.</summary>
public sealed class CancelledDeploy : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Completes_the_verified_service_and_leaves_the_other_one_interrupted()
    {
        var (verified, starting) = (_world.Request("verified"), _world.Request("starting"));
        _world.Service(starting).OnStart = OnStart.KeepsStarting;
        using var cancellation = new CancellationTokenSource();
        _world.Listener = new CancellingListener(cancellation);

        var reports = _world.Run(Operation.Deploy, [verified, starting], cancellation.Token);

        Assert.Equal([Outcome.Changed, Outcome.Failed], reports.Select(report => report.Outcome));
        Assert.Equal([[], ["HGW9002"]], reports.Select(report => report.Findings.Select(finding => finding.Code)));
        Assert.Null(_world.Store.ReadJournalEntry(verified.Definition));
        Assert.Equal(reports[0].Invocation, _world.Store.ReadVerifiedStart(verified.Definition)?.Invocation);
        Assert.Equal("deploy", _world.Store.ReadJournalEntry(starting.Definition)?.Verb);
        Assert.Null(_world.Store.ReadVerifiedStart(starting.Definition));
    }

    /// <summary>Cancels as soon as the verification waits for one of two services only.</summary>
    private sealed class CancellingListener(CancellationTokenSource cancellation) : IOperationListener
    {
        public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings)
        {
        }

        public void Waiting(WaitingProgress progress)
        {
            Assert.Equal((1, 0, 2), (progress.Ready, progress.Failed, progress.Services));
            cancellation.Cancel();
        }
    }
}

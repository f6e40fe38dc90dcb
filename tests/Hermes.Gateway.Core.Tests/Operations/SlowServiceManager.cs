using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>The timeout of an operation covers the whole operation, also when the manager is slow to answer.</summary>
public sealed class SlowServiceManager : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Nothing_is_begun_after_the_observation_has_used_up_the_time()
    {
        var request = _world.Request() with { Timeout = TimeSpan.FromSeconds(3) };
        AnswerAfter(TimeSpan.FromSeconds(4), from: 1);

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Failed, false), (report.Outcome, report.Changed));
        Assert.Equal("HGW3002", report.Findings[0].Code);
        Assert.Contains("Nothing was changed", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.Empty(_world.Manager.Applied);
        Assert.False(File.Exists(_world.PathOf(request)));
        Assert.Null(_world.Store.ReadJournalEntry(request.Definition));
    }

    [Fact]
    public void Current_service_is_no_failure_after_a_slow_observation()
    {
        var request = _world.Request() with { Timeout = TimeSpan.FromSeconds(3) };
        _world.Run(Operation.Deploy, request);
        AnswerAfter(TimeSpan.FromSeconds(4), from: _world.Manager.Observations + 1);

        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Deploy, request).Outcome);
    }

    [Fact]
    public void Last_observation_is_limited_by_the_timeout_of_the_operation()
    {
        var request = _world.Request() with { Timeout = TimeSpan.FromSeconds(3) };

        _world.Run(Operation.Deploy, request);

        Assert.True(_world.Manager.ObservationTimes.Count > 1);
        Assert.All(_world.Manager.ObservationTimes, time => Assert.InRange(time, TimeSpan.FromSeconds(1), request.Timeout));
    }

    private void AnswerAfter(TimeSpan time, int from) => _world.Manager.Distort = observation =>
    {
        if (_world.Manager.Observations == from) _world.Clock.Advance(time);
        return observation;
    };
}

using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests;

public class PollingUntilADeadline
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Remaining_time_is_zero_after_the_deadline()
    {
        var deadline = new Deadline(_clock, TimeSpan.FromSeconds(3));
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), false), (deadline.Remaining, deadline.Elapsed, deadline.HasPassed));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((TimeSpan.Zero, true), (deadline.Remaining, deadline.HasPassed));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((TimeSpan.Zero, true), (deadline.Remaining, deadline.HasPassed));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(9, 3)]
    public void Deadline_of_a_part_never_exceeds_the_remaining_time(int wanted, int expected) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expected), new Deadline(_clock, TimeSpan.FromSeconds(3)).Within(TimeSpan.FromSeconds(wanted)).Remaining);

    [Theory]
    [InlineData(2, 3)]
    [InlineData(9, 9)]
    public void Deadline_is_extended_to_a_longer_minimum_time(int least, int expected) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expected), new Deadline(_clock, TimeSpan.FromSeconds(3)).OrAtLeast(TimeSpan.FromSeconds(least)).Remaining);

    [Fact]
    public void Condition_is_evaluated_once_when_no_time_remains()
    {
        var evaluations = 0;

        Assert.False(new Deadline(_clock, TimeSpan.Zero).PollUntil(
            () => ++evaluations < 0, TimeSpan.FromSeconds(1), CancellationToken.None));
        Assert.Equal(1, evaluations);
    }

    [Fact]
    public void Polling_ends_when_the_condition_is_met()
    {
        var evaluations = 0;

        Assert.True(new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)).PollUntil(
            () => ++evaluations == 3, TimeSpan.FromMilliseconds(1), CancellationToken.None));
        Assert.Equal(3, evaluations);
    }

    [Fact]
    public void Condition_is_evaluated_a_last_time_at_the_deadline()
    {
        var deadline = new Deadline(TimeProvider.System, TimeSpan.FromMilliseconds(50));
        var wasOver = false;

        // One pause, which would last far beyond the deadline.
        Assert.False(deadline.PollUntil(
            () =>
            {
                wasOver = deadline.HasPassed;
                return false;
            },
            TimeSpan.FromMinutes(1),
            CancellationToken.None));
        Assert.True(wasOver);
    }

    [Fact]
    public void Cancellation_throws_OperationCanceledException()
    {
        using var cancellation = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)).PollUntil(
            () =>
            {
                cancellation.Cancel();
                return false;
            },
            TimeSpan.FromMinutes(1),
            cancellation.Token));
    }

    [Fact]
    public void Pauses_double_up_to_the_maximum()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(25), TimeSpan.FromMilliseconds(90));

        Assert.Equal([25, 50, 90, 90], Enumerable.Range(0, 4).Select(_ => backoff.Next().TotalMilliseconds));
    }
}

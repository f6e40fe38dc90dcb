using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests;

public class DeadlineTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Nothing_remains_after_the_deadline()
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
    public void A_part_of_the_work_never_gets_more_time_than_remains(int wanted, int expected) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expected), new Deadline(_clock, TimeSpan.FromSeconds(3)).Within(TimeSpan.FromSeconds(wanted)).Remaining);

    [Theory]
    [InlineData(2, 3)]
    [InlineData(9, 9)]
    public void Work_that_is_worth_a_moment_gets_it_in_any_case(int least, int expected) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expected), new Deadline(_clock, TimeSpan.FromSeconds(3)).OrAtLeast(TimeSpan.FromSeconds(least)).Remaining);

    [Fact]
    public void Polling_evaluates_once_when_no_time_is_left()
    {
        var evaluations = 0;

        Assert.False(new Deadline(_clock, TimeSpan.Zero).PollUntil(
            () => ++evaluations < 0, TimeSpan.FromSeconds(1), CancellationToken.None));
        Assert.Equal(1, evaluations);
    }

    [Fact]
    public void Polling_ends_when_the_condition_holds()
    {
        var evaluations = 0;

        Assert.True(new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)).PollUntil(
            () => ++evaluations == 3, TimeSpan.FromMilliseconds(1), CancellationToken.None));
        Assert.Equal(3, evaluations);
    }

    [Fact]
    public void Polling_evaluates_a_last_time_at_the_deadline()
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
    public void Polling_ends_with_a_cancellation()
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
    public void Pauses_double_up_to_the_longest()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(25), TimeSpan.FromMilliseconds(90));

        Assert.Equal([25, 50, 90, 90], Enumerable.Range(0, 4).Select(_ => backoff.Next().TotalMilliseconds));
    }
}

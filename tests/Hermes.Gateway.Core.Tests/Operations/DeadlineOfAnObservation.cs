using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class DeadlineOfAnObservation
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public void Each_service_adds_five_times_the_time_that_systemd_needs_on_a_slow_machine(int services)
    {
        var least = 5 * TimeSpan.FromMilliseconds(services);

        Assert.True(First(services, TimeSpan.FromHours(1)) > least);
        Assert.True(Later(services, TimeSpan.FromHours(1)) > least);
        Assert.True(Later(services, TimeSpan.Zero) > least);
    }

    [Fact]
    public void Silent_manager_is_abandoned_long_before_the_deadline_of_the_operation()
    {
        Assert.InRange(First(1, TimeSpan.FromHours(1)), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
        Assert.InRange(Later(1, TimeSpan.FromHours(1)), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Deadline_of_the_operation_ends_an_observation()
    {
        var left = TimeSpan.FromSeconds(4);

        Assert.Equal(left, First(1000, left));
        Assert.Equal(left, Later(1, left));
    }

    [Fact]
    public void Observation_after_the_deadline_of_the_operation_gets_at_least_a_second()
    {
        var deadline = new Deadline(_clock, TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.InRange(ObservationDeadline.OfLater(1, deadline).Remaining, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
    }

    private TimeSpan First(int services, TimeSpan left) => ObservationDeadline.OfFirst(services, new Deadline(_clock, left)).Remaining;

    private TimeSpan Later(int services, TimeSpan left) => ObservationDeadline.OfLater(services, new Deadline(_clock, left)).Remaining;
}

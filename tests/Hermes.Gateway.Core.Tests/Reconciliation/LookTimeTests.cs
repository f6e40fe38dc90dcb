using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Core.Tests.Reconciliation;

public class LookTimeTests
{
    private static readonly TimeSpan Plenty = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public void A_look_at_many_services_gets_time_for_each(int services)
    {
        // Five times what systemd takes for them on a slow machine.
        var measured = TimeSpan.FromMilliseconds(services);

        Assert.True(LookTime.OfFirst(services, Plenty) > 5 * measured);
        Assert.True(LookTime.OfAnother(services, Plenty) > 5 * measured);
        Assert.True(LookTime.OfAnother(services, TimeSpan.Zero) > 5 * measured);
    }

    [Fact]
    public void A_manager_that_does_not_answer_for_one_service_is_not_waited_for_until_the_time_of_the_operation_is_up()
    {
        Assert.InRange(LookTime.OfFirst(1, Plenty), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
        Assert.InRange(LookTime.OfAnother(1, Plenty), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void No_look_takes_longer_than_what_is_left_but_the_last_one_always_has_a_moment()
    {
        var left = TimeSpan.FromSeconds(4);

        Assert.Equal(left, LookTime.OfFirst(1000, left));
        Assert.Equal(left, LookTime.OfAnother(1, left));
        Assert.InRange(LookTime.OfAnother(1, TimeSpan.FromSeconds(-60)), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
    }
}

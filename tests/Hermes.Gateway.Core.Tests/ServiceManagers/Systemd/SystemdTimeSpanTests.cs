using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public sealed class SystemdTimeSpanTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("10s", 10)]
    [InlineData("5min", 300)]
    [InlineData("1min 30s", 90)]
    [InlineData("1h 1min 1s", 3_661)]
    [InlineData("1.500s", 1.5)]
    [InlineData("100ms", 0.1)]
    [InlineData("1s 10us", 1.00001)]
    [InlineData("1d", 86_400)]
    [InlineData("1w 1d", 691_200)]
    [InlineData("1y", 31_557_600)]
    [InlineData("1month", 2_629_800)]
    public void A_time_span_is_read(string text, double seconds) =>
        Assert.Equal(seconds, SystemdTimeSpan.Read(text)!.Value.TotalSeconds, precision: 6);

    [Theory]
    [InlineData("")]
    [InlineData("infinity")]
    [InlineData("10")]
    [InlineData("10 s")]
    [InlineData("s")]
    [InlineData("1.2.3s")]
    [InlineData("10parsecs")]
    [InlineData("999999999999y")]
    public void What_is_none_is_not_guessed(string text) => Assert.Null(SystemdTimeSpan.Read(text));
}

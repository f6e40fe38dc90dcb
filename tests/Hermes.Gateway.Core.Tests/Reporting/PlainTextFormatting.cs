using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Tests.Reporting;

public class PlainTextFormatting
{
    [Theory]
    [InlineData("\x1b[31mfail\x1b[0m: Gateway", "fail: Gateway")]
    [InlineData("\x1b]8;;https://example.org\x1b\\here\x1b]8;;\x1b\\", "here")]
    [InlineData("\x1b]0;a title\u0007text", "text")]
    [InlineData("a\rb\bc\u0000d\u009b2Je", "abcd2Je")]
    [InlineData("cleared\x1b" + "c, and cut off \x1b[", "cleared, and cut off ")]
    [InlineData("\x1b]8;;never ended", "")]
    public void Terminal_control_sequences_are_removed(string text, string expected) => Assert.Equal(expected, PlainText.Of(text));

    [Fact]
    public void Text_without_control_sequences_is_unchanged() => Assert.Equal("é → 日本\n\t✓ [x]", PlainText.Of("é → 日本\n\t✓ [x]"));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(725, "12 min 5 s")]
    [InlineData(3605, "1 h")]
    [InlineData(90_000, "1 d 1 h")]
    [InlineData(864_059, "10 d")]
    public void Duration_is_shown_in_its_two_largest_units(int seconds, string expected) =>
        Assert.Equal(expected, PlainText.Of(TimeSpan.FromSeconds(seconds)));
}

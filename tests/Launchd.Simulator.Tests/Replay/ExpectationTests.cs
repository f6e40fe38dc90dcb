namespace Launchd.Simulator.Tests.Replay;

/// <summary>That a replay notices what is different, and nothing else.</summary>
public class ExpectationTests
{
    [Theory]
    [InlineData("a line\n")]
    [InlineData("")]
    [InlineData("before\na line\n")]
    [InlineData("a line\nafter\n")]
    [InlineData("a line")]
    [InlineData("a  line\n")]
    [InlineData("A line\n")]
    public void A_line_is_expected_exactly_once_and_alone(string text) =>
        Assert.Equal(text == "a line\n", Matches(text, (LineKind.Exact, "a line")));

    [Theory]
    [InlineData("a\nb\n", true)]
    [InlineData("b\n", true)]
    [InlineData("a\na\nb\n", false)]
    [InlineData("b\na\n", false)]
    public void An_optional_line_is_there_at_its_place_or_not(string text, bool matches) =>
        Assert.Equal(matches, Matches(text, (LineKind.Optional, "a"), (LineKind.Exact, "b")));

    [Theory]
    [InlineData("a\nb\n", true)]
    [InlineData("a\nx\n\ny\nb\n", true)]
    [InlineData("a\nx\ny\n", false)]
    [InlineData("x\na\nb\n", false)]
    public void Any_lines_are_any_number_of_them(string text, bool matches) =>
        Assert.Equal(matches, Matches(text, (LineKind.Exact, "a"), (LineKind.AnyLines, "…"), (LineKind.Exact, "b")));

    [Theory]
    [InlineData("first\na\nb\n", true)]
    [InlineData("first\nb\nx\na\n", true)]
    [InlineData("first\nb\n", false)]
    [InlineData("a\nb\n", false)]
    [InlineData("first\nb\nnot a\n", false)]
    public void Lines_of_unknown_order_are_found_anywhere(string text, bool matches) => Assert.Equal(
        matches, Matches(text, (LineKind.Exact, "first"), (LineKind.Anywhere, "a"), (LineKind.Anywhere, "b")));

    [Theory]
    [InlineData("a\n", true)]
    [InlineData("a\nit has a pid = 1\n", false)]
    public void What_must_be_absent_is_nowhere(string text, bool matches) =>
        Assert.Equal(matches, Matches(text, (LineKind.Absent, "pid ="), (LineKind.AnyLines, "…")));

    [Theory]
    [InlineData("<PID>", "12", true)]
    [InlineData("<PID>", "0", false)]
    [InlineData("<N>", "0", true)]
    [InlineData("<N>", "", false)]
    [InlineData("[<PAD>x]", "[   x]", true)]
    [InlineData("<TEXT>", "", false)]
    [InlineData("<TEXT?>", "", true)]
    [InlineData("<TEXT>", "a (b) *", true)]
    [InlineData("a.b*c", "aXbbc", false)]
    public void Placeholders_stand_for_what_they_say(string line, string text, bool matches) =>
        Assert.Equal(matches, Matches(text + "\n", (LineKind.Exact, line)));

    [Fact]
    public void The_exit_code_and_both_streams_count()
    {
        var expected = new Expectation([3, 5], [new(LineKind.Exact, "out")], [new(LineKind.Exact, "error")]);

        Assert.Null(expected.FindDifference((3, "out\n", "error\n"), text => text));
        Assert.Null(expected.FindDifference((5, "out\n", "error\n"), text => text));
        Assert.NotNull(expected.FindDifference((0, "out\n", "error\n"), text => text));
        Assert.NotNull(expected.FindDifference((3, "", "error\n"), text => text));
        Assert.NotNull(expected.FindDifference((3, "out\n", ""), text => text));
        Assert.NotNull(expected.FindDifference((3, "error\n", "out\n"), text => text));
    }

    [Fact]
    public void A_difference_shows_what_was_expected_and_what_came()
    {
        var expected = new Expectation([0], [new(LineKind.Exact, "<WHO>"), new(LineKind.Optional, "x")], []);

        Assert.Equal(
            "expected:\n| me\n|? x\n= 0\nactual:\n| you\n! no (no end of line)\n= 1\n",
            expected.FindDifference((1, "you\n", "no"), text => text.Replace("<WHO>", "me", StringComparison.Ordinal)));
    }

    private static bool Matches(string text, params (LineKind Kind, string Text)[] lines) =>
        new Expectation([0], [.. lines.Select(line => new ExpectedLine(line.Kind, line.Text))], [])
            .FindDifference((0, text, ""), line => line) is null;
}

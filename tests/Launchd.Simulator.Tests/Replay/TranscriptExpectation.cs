namespace Launchd.Simulator.Tests.Replay;

/// <summary>That a replay notices what is different, and nothing else.</summary>
public class TranscriptExpectation
{
    [Theory]
    [InlineData("a line\n")]
    [InlineData("")]
    [InlineData("before\na line\n")]
    [InlineData("a line\nafter\n")]
    [InlineData("a line")]
    [InlineData("a  line\n")]
    [InlineData("A line\n")]
    public void Exact_line_matches_only_a_single_equal_line(string text) =>
        Assert.Equal(text == "a line\n", Matches(text, (LineKind.Exact, "a line")));

    [Theory]
    [InlineData("a\nb\n", true)]
    [InlineData("b\n", true)]
    [InlineData("a\na\nb\n", false)]
    [InlineData("b\na\n", false)]
    public void Optional_line_may_be_missing_but_matches_only_at_its_place(string text, bool matches) =>
        Assert.Equal(matches, Matches(text, (LineKind.Optional, "a"), (LineKind.Exact, "b")));

    [Theory]
    [InlineData("a\nb\n", true)]
    [InlineData("a\nx\n\ny\nb\n", true)]
    [InlineData("a\nx\ny\n", false)]
    [InlineData("x\na\nb\n", false)]
    public void Ellipsis_matches_any_number_of_lines(string text, bool matches) =>
        Assert.Equal(matches, Matches(text, (LineKind.Exact, "a"), (LineKind.AnyLines, "…"), (LineKind.Exact, "b")));

    [Theory]
    [InlineData("first\na\nb\n", true)]
    [InlineData("first\nb\nx\na\n", true)]
    [InlineData("first\nb\n", false)]
    [InlineData("a\nb\n", false)]
    [InlineData("first\nb\nnot a\n", false)]
    public void Lines_of_unknown_order_match_anywhere_below(string text, bool matches) => Assert.Equal(
        matches, Matches(text, (LineKind.Exact, "first"), (LineKind.Anywhere, "a"), (LineKind.Anywhere, "b")));

    [Theory]
    [InlineData("a\n", true)]
    [InlineData("a\nit has a pid = 1\n", false)]
    public void Absent_text_must_occur_in_no_line(string text, bool matches) =>
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
    public void Placeholder_matches_only_values_of_its_kind(string line, string text, bool matches) =>
        Assert.Equal(matches, Matches(text + "\n", (LineKind.Exact, line)));

    [Fact]
    public void Exit_code_and_both_streams_are_compared()
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
    public void Difference_shows_the_expected_and_the_actual_output()
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

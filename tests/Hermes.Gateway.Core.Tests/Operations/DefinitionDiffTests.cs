using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Core.Tests.Operations;

public class DefinitionDiffTests
{
    [Fact]
    public void What_goes_comes_and_stays_is_told_with_one_line_around_each_change() =>
        Assert.Equal(["…", "  b", "- c", "+ C", "  d", "…", "  g", "+ h"], Of("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nC\nd\ne\nf\ng\nh\n"));

    [Fact]
    public void A_new_definition_is_all_lines() => Assert.Equal(["+ a", "+ b"], Of("", "a\nb\n"));

    [Fact]
    public void Of_the_same_text_nothing_is_told_but_that() => Assert.Equal(["…"], Of("a\nb\n", "a\nb\n"));

    [Fact]
    public void A_changed_secret_is_seen_to_change_and_not_shown()
    {
        static string Redact(string text, Func<string, string> hide) => $"TOKEN={hide(text)}";

        Assert.Equal(
            ["- TOKEN=(hidden)", "+ TOKEN=(hidden)"], DefinitionDiff.Of("hunter1", "hunter2", Redact).AsEnumerable());
        Assert.Equal(["…"], DefinitionDiff.Of("hunter1", "hunter1", Redact).AsEnumerable());
    }

    [Fact]
    public void It_is_bounded_in_lines_and_in_their_length()
    {
        var diff = Of("", string.Join('\n', Enumerable.Range(0, 500).Select(i => new string('x', i))));

        Assert.Equal(DefinitionDiff.MostLines, diff.Length);
        Assert.Equal("… (441 more lines)", diff[^1]);
        Assert.Equal(["… (too long to be compared)"], Of("", string.Join('\n', Enumerable.Range(0, 5000))));
        var line = Assert.Single(Of("", new string('x', 1000)));
        Assert.Equal((DefinitionDiff.LongestLine, '…'), (line.Length, line[^1]));
    }

    private static string[] Of(string before, string after) => [.. DefinitionDiff.Of(before, after, (text, _) => text)];
}

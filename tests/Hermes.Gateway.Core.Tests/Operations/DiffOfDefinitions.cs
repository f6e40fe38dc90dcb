using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.Tests.Operations;

public class DiffOfDefinitions
{
    [Fact]
    public void Changes_are_shown_with_one_line_of_context() =>
        Assert.Equal(["…", "  b", "- c", "+ C", "  d", "…", "  g", "+ h"], Of("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nC\nd\ne\nf\ng\nh\n"));

    [Fact]
    public void New_definition_shows_every_line_as_added() => Assert.Equal(["+ a", "+ b"], Of("", "a\nb\n"));

    [Fact]
    public void Equal_texts_give_only_an_ellipsis() => Assert.Equal(["…"], Of("a\nb\n", "a\nb\n"));

    [Fact]
    public void Changed_secret_is_shown_as_hidden_on_both_sides()
    {
        static string Redact(string text, Func<string, string> hide) => $"TOKEN={hide(text)}";

        Assert.Equal(
            ["- TOKEN=(hidden)", "+ TOKEN=(hidden)"], DefinitionFileDiff.Of("hunter1", "hunter2", Redact).AsEnumerable());
        Assert.Equal(["…"], DefinitionFileDiff.Of("hunter1", "hunter1", Redact).AsEnumerable());
    }

    [Fact]
    public void Diff_is_limited_in_lines_and_in_their_length()
    {
        var diff = Of("", string.Join('\n', Enumerable.Range(0, 500).Select(i => new string('x', i))));

        Assert.Equal(DefinitionFileDiff.MostLines, diff.Length);
        Assert.Equal("… (441 more lines)", diff[^1]);
        Assert.Equal(["… (too long to be compared)"], Of("", string.Join('\n', Enumerable.Range(0, 5000))));
        var line = Assert.Single(Of("", new string('x', 1000)));
        Assert.Equal((DefinitionFileDiff.LongestLine, '…'), (line.Length, line[^1]));
    }

    private static string[] Of(string before, string after) => [.. DefinitionFileDiff.Of(before, after, (text, _) => text)];
}

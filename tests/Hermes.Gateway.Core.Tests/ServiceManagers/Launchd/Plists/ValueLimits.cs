using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

public class ValueLimits
{
    [Theory]
    [InlineData("a\0b", "it contains a NUL character")]
    [InlineData("\u001B[0m", "it contains a control character")]
    [InlineData("\v", "it contains a control character")]
    [InlineData("\uFFFE", "it contains a Unicode noncharacter")]
    public void Characters_that_XML_cannot_represent_are_rejected(string word, string problem)
    {
        Assert.Equal(problem, PlistLimits.FindWordProblem(word));
        Assert.Equal(problem, PlistLimits.FindPathProblem("/" + word));
    }

    // A theory is not possible: attributes are stored as UTF-8, which cannot represent half a surrogate pair.
    [Fact]
    public void Half_a_surrogate_pair_is_rejected()
    {
        foreach (var word in new[] { "\uD800", "\uDC00\uD800", "a\uDC00" })
            Assert.Equal("it contains half a surrogate pair", PlistLimits.FindWordProblem(word));
    }

    [Fact]
    public void Hostile_words_are_allowed() =>
        Assert.All(LaunchdSample.Hostile, word => Assert.Null(PlistLimits.FindWordProblem(word)));

    [Fact]
    public void Exactly_the_words_that_can_be_written_are_allowed() => LaunchdSample.ForAll(HostileText.Files, text =>
    {
        var dict = PlistXml.Dict(("k", PlistXml.String(text)));
        if (PlistLimits.FindWordProblem(text) is null) Assert.Equal(text, PlistXml.GetText(PlistXml.GetValue(PlistXml.TryParse(PlistWriter.Write(dict))!, "k")));
        else Assert.Throws<ArgumentException>(() => PlistWriter.Write(dict));
    });

    [Fact]
    public void Words_longer_than_ARG_MAX_are_rejected()
    {
        Assert.Null(PlistLimits.FindWordProblem(new string('x', PlistLimits.MaxWordBytes - 1)));
        Assert.NotNull(PlistLimits.FindWordProblem(new string('x', PlistLimits.MaxWordBytes)));
        Assert.NotNull(PlistLimits.FindWordProblem(new string('é', PlistLimits.MaxWordBytes / 2)));
    }

    [Theory]
    [InlineData("/a b/\"c\"/é\t&", null)]
    [InlineData("/", null)]
    [InlineData("a", "it is not absolute")]
    [InlineData("", "it is not absolute")]
    [InlineData("/a\nb", "it contains a line break")]
    [InlineData("/a\rb", "it contains a line break")]
    public void Relative_paths_and_line_breaks_are_rejected(string path, string? problem) => Assert.Equal(problem, PlistLimits.FindPathProblem(path));

    [Fact]
    public void Long_paths_and_long_file_names_are_rejected()
    {
        var longest = string.Concat(Enumerable.Repeat("/" + new string('x', 101), 10));
        Assert.Null(PlistLimits.FindPathProblem(longest + "/y"));
        Assert.NotNull(PlistLimits.FindPathProblem(longest + "/yyyy"));
        Assert.Null(PlistLimits.FindPathProblem("/" + new string('x', 255)));
        Assert.NotNull(PlistLimits.FindPathProblem("/" + new string('é', 128)));
    }

    [Theory]
    [InlineData("_A1", null)]
    [InlineData("XPC_SERVICE_NAME", "launchd sets it itself")]
    [InlineData("1A", "it begins with a digit")]
    [InlineData("", "it is empty")]
    public void Reserved_and_malformed_variable_names_are_rejected(string name, string? problem) => Assert.Equal(problem, PlistLimits.FindVariableProblem(name));

    [Theory]
    [InlineData("A-B")]
    [InlineData("A B")]
    [InlineData("A\n")]
    [InlineData("Ä")]
    public void Variable_names_that_no_shell_can_set_are_rejected(string name) => Assert.NotNull(PlistLimits.FindVariableProblem(name));
}

using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public class PlistLimitsTests
{
    [Theory]
    [InlineData("a\0b", "it contains a NUL character")]
    [InlineData("\u001B[0m", "it contains a control character")]
    [InlineData("\v", "it contains a control character")]
    [InlineData("\uFFFE", "it contains a Unicode noncharacter")]
    public void What_xml_cannot_carry_has_a_reason(string word, string problem)
    {
        Assert.Equal(problem, PlistLimits.FindWordProblem(word));
        Assert.Equal(problem, PlistLimits.FindPathProblem("/" + word));
    }

    // No rows: attributes are stored as UTF-8, which has no such thing.
    [Fact]
    public void Half_a_character_has_a_reason()
    {
        foreach (var word in new[] { "\uD800", "\uDC00\uD800", "a\uDC00" })
            Assert.Equal("it contains half a surrogate pair", PlistLimits.FindWordProblem(word));
    }

    [Fact]
    public void Hostile_words_are_allowed() =>
        Assert.All(LaunchdSample.Hostile, word => Assert.Null(PlistLimits.FindWordProblem(word)));

    [Fact]
    public void What_has_no_problem_can_be_written_and_what_has_one_cannot() => LaunchdSample.ForAll(HostileText.Files, text =>
    {
        var dict = PlistXml.Dict(("k", PlistXml.String(text)));
        if (PlistLimits.FindWordProblem(text) is null) Assert.Equal(text, PlistXml.Text(PlistXml.Get(PlistXml.TryParse(PlistXml.Write(dict))!, "k")));
        else Assert.Throws<ArgumentException>(() => PlistXml.Write(dict));
    });

    [Fact]
    public void A_word_that_macos_cannot_pass_on_has_a_reason()
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
    public void Paths(string path, string? problem) => Assert.Equal(problem, PlistLimits.FindPathProblem(path));

    [Fact]
    public void Paths_have_a_length()
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
    public void Variables(string name, string? problem) => Assert.Equal(problem, PlistLimits.FindVariableProblem(name));

    [Theory]
    [InlineData("A-B")]
    [InlineData("A B")]
    [InlineData("A\n")]
    [InlineData("Ä")]
    public void A_variable_that_no_shell_can_set_has_a_reason(string name) => Assert.NotNull(PlistLimits.FindVariableProblem(name));
}

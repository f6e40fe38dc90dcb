using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hermes.Gateway.Package.Tests.Infra;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Hermes.Gateway.Package.Tests.Docs;

/// <summary>What can be said of the pages without following them.</summary>
public sealed partial class DocumentationPages(ITestOutputHelper output)
{
    // What nobody runs goes stale unseen, so there is little of it.
    private const int MostNotRun = 8;

    private static readonly string[] Languages = ["xml", "sh", "csharp", "html", "text"];

    private static readonly string[] Marks = [Snippet.NotRun, Snippet.Fails, Snippet.Output];

    public static TheoryData<string> Names => [.. MarkdownPage.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Use_only_known_languages_and_marks_on_fences(string name) =>
        Assert.All(MarkdownPage.Read(name).Snippets, snippet => Assert.True(
            Languages.Contains(snippet.Language) && snippet.Marks.All(Marks.Contains),
            $"{snippet.Place}: '{snippet.Language} {string.Join(' ', snippet.Marks)}' is not known."));

    [Theory]
    [MemberData(nameof(Names))]
    public void Have_no_indented_code_blocks(string name)
    {
        var blocks = MarkdownPage.Read(name).Document.Descendants<CodeBlock>();

        Assert.All(blocks, block => Assert.True(
            block is FencedCodeBlock { ClosingFencedCharCount: > 0 },
            $"{name}:{block.Line + 1}: a block without a fence, or whose fence is not closed"));
        // A fence that is not alone on its line makes no block.
        Assert.DoesNotContain(
            MarkdownPage.Read(name).Document.Descendants<ParagraphBlock>(),
            paragraph => paragraph.Inline!.FindDescendants<CodeInline>().Any(code => code.DelimiterCount >= 3)
                || paragraph.Inline!.FindDescendants<LiteralInline>().Any(text => text.Content.AsSpan().Contains("```", StringComparison.Ordinal)));
    }

    [Fact]
    public void Have_few_snippets_that_are_not_run()
    {
        var notRun = MarkdownPage.Names.SelectMany(name => MarkdownPage.Read(name).Snippets)
            .Where(snippet => snippet.Has(Snippet.NotRun)).ToList();
        foreach (var snippet in notRun) output.WriteLine($"not run: {snippet.Place}\n{snippet.Text}");

        Assert.InRange(notRun.Count, 0, MostNotRun);
        // Text is run by nobody anyway, and whoever marks a command knows why.
        Assert.All(notRun, snippet => Assert.Equal("sh", snippet.Language));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Have_no_broken_links(string name)
    {
        var page = MarkdownPage.Read(name);

        Assert.All(page.Links.Where(link => !link.Contains("://", StringComparison.Ordinal)), link =>
        {
            var (file, anchor) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, null);
            var path = file.Length == 0 ? name : Path.GetRelativePath(
                Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(name)!, file)));
            Assert.True(Path.Exists(Repository.PathOf(path)), $"{name}: {link}");
            if (anchor is not null) Assert.True(MarkdownPage.Read(path).Anchors.Contains(anchor), $"{name}: {link}");
        });
    }

    [Fact]
    public void Are_all_reachable_from_the_readme()
    {
        var linked = MarkdownPage.Read("README.md").Links.Select(link => link.Split('#')[0]);

        Assert.Empty(MarkdownPage.Names.Skip(1).Except(linked));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Name_only_existing_codes_properties_items_and_targets(string name)
    {
        var text = MarkdownPage.Read(name).Text;
        var build = Directory.EnumerateFiles(Repository.PathOf("build"), "*", SearchOption.AllDirectories).ToList();
        var words = build.SelectMany(file => Word().Matches(File.ReadAllText(file))).Select(match => match.Value);
        var targets = build.SelectMany(file => XDocument.Load(file).Descendants("Target"))
            .Select(target => target.Attribute("Name")!.Value);
        var codes = MarkdownPage.Read("docs/diagnostics.md").Anchors;

        // The one that is no property is a key of our property lists.
        Assert.Empty(Word().Matches(text).Select(match => match.Value).Except([.. words, "HermesGatewayOwned"]));
        Assert.Empty(Target().Matches(text).Select(match => match.Groups["name"].Value).Except(targets));
        Assert.Empty(Code().Matches(text).Select(match => match.Value.ToLowerInvariant()).Except(codes));
    }

    // Not within a longer name, and not the beginning that all of them have (HermesGateway…).
    [GeneratedRegex(@"(?<!\w)HermesGateway[A-Z]\w*")]
    private static partial Regex Word();

    [GeneratedRegex(@"-t:(\w+:)?(?<name>\w+)")]
    private static partial Regex Target();

    [GeneratedRegex(@"HGW\d{4}")]
    private static partial Regex Code();
}

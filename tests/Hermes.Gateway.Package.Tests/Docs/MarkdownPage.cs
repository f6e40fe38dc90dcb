using System.Text.RegularExpressions;
using Hermes.Gateway.Package.Tests.Infra;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Hermes.Gateway.Package.Tests.Docs;

/// <summary>A page of the documentation (README.md, SECURITY.md or one of docs/), parsed as GitHub does.</summary>
internal sealed partial class MarkdownPage
{
    private static readonly MarkdownPipeline GitHub = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .UsePreciseSourceLocation()
        .Build();

    private MarkdownPage(string name)
    {
        Name = name;
        Text = File.ReadAllText(Repository.PathOf(name));
        Document = Markdown.Parse(Text, GitHub);
        Snippets = [.. Document.Descendants<FencedCodeBlock>().Select(SnippetOf)];
    }

    /// <summary>The names of all pages, relative to the checkout.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md")
        .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal).Prepend("SECURITY.md").Prepend("README.md");

    /// <summary>The name, relative to the checkout.</summary>
    public string Name { get; }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The syntax tree.</summary>
    public MarkdownDocument Document { get; }

    /// <summary>The fenced blocks, in order.</summary>
    public IReadOnlyList<Snippet> Snippets { get; }

    /// <summary>The targets of links and images.</summary>
    public IEnumerable<string> Links => Document.Descendants<LinkInline>().Select(link => link.Url ?? "");

    /// <summary>The fragments that links can name: those that GitHub derives from the headings.</summary>
    public IEnumerable<string> Anchors => Document.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id ?? "");

    public static MarkdownPage Read(string name) => new(name);

    /// <summary>The rows of the first table whose header begins with these cells, as Markdown.</summary>
    public IReadOnlyList<string[]> Table(params string[] header)
    {
        var tables = Document.Descendants<Table>().Select(table => table.Descendants<TableRow>().Select(CellsOf).ToList());
        var found = tables.FirstOrDefault(rows => rows[0].Take(header.Length).SequenceEqual(header));
        Assert.True(found is not null, $"{Name} has no table with the columns {string.Join(", ", header)}.");
        return [.. found.Skip(1)];
    }

    private string[] CellsOf(TableRow row) => [.. row.Cast<TableCell>().Select(cell => SourceOf(cell).Trim())];

    private string SourceOf(MarkdownObject part) => Text.Substring(part.Span.Start, part.Span.Length);

    private Snippet SnippetOf(FencedCodeBlock block)
    {
        var siblings = block.Parent!;
        var index = siblings.IndexOf(block);
        var before = index > 0 && siblings[index - 1] is ParagraphBlock paragraph ? SourceOf(paragraph) : "";
        return new Snippet(
            $"{Name}:{block.Line + 1}", block.Info ?? "",
            block.Arguments?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            string.Concat(block.Lines.Lines.Take(block.Lines.Count).Select(line => $"{line.Slice}\n")),
            FileName().Match(before) is { Success: true } match ? match.Groups["name"].Value : null);
    }

    // The last line of a paragraph: `Program.cs`:
    [GeneratedRegex(@"(^|\n)`(?<name>[\w./-]+)`:$")]
    private static partial Regex FileName();
}

/// <summary>A fenced block.</summary>
/// <param name="Place">Page and line.</param>
/// <param name="Language">The first word behind the fence.</param>
/// <param name="Marks">The other words.</param>
/// <param name="Text">The lines.</param>
/// <param name="FileName">The file that the line before says it is; null when it says none.</param>
internal sealed record Snippet(string Place, string Language, IReadOnlyList<string> Marks, string Text, string? FileName)
{
    /// <summary>The mark of what cannot be run here: it needs root, a real machine, or another tool.</summary>
    public const string NotRun = "not-run";

    /// <summary>The mark of commands of which one fails, as the page says.</summary>
    public const string Fails = "fails";

    /// <summary>The mark of lines that the commands before have printed; … stands for what varies.</summary>
    public const string Output = "output";

    public bool Has(string mark) => Marks.Contains(mark);
}

using System.Text;
using System.Text.RegularExpressions;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Docs;

/// <summary>A page of the documentation: README.md or one of docs/.</summary>
internal sealed partial class MarkdownPage
{
    private readonly string[] _lines;

    private MarkdownPage(string name)
    {
        Name = name;
        _lines = File.ReadAllLines(Repository.PathOf(name));
        Snippets = [.. ReadSnippets()];
    }

    /// <summary>The names of all pages, relative to the checkout.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md")
        .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal).Prepend("SECURITY.md").Prepend("README.md");

    /// <summary>The name, relative to the checkout.</summary>
    public string Name { get; }

    /// <summary>The fenced blocks, in order.</summary>
    public IReadOnlyList<Snippet> Snippets { get; }

    /// <summary>Lines outside of fenced blocks.</summary>
    public IEnumerable<string> Prose
    {
        get
        {
            var isInside = false;
            foreach (var line in _lines)
            {
                if (IsFence(line)) isInside = !isInside;
                else if (!isInside) yield return line;
            }
        }
    }

    /// <summary>The whole text.</summary>
    public string Text => string.Join('\n', _lines);

    /// <summary>Where links lead.</summary>
    public IEnumerable<string> Links =>
        Prose.SelectMany(line => Link().Matches(line)).Select(match => match.Groups["target"].Value);

    /// <summary>What links can lead to: the headings, as a viewer names them.</summary>
    public IEnumerable<string> Anchors => Prose.Where(line => line.StartsWith('#'))
        .Select(line => string.Concat(line.TrimStart('#').Trim().ToLowerInvariant()
            .Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-'));

    public static MarkdownPage Read(string name) => new(name);

    /// <summary>The rows of the first table whose header begins with these cells; cells without their padding.</summary>
    public IReadOnlyList<string[]> Table(params string[] header)
    {
        var start = Array.FindIndex(_lines, line => line.StartsWith($"| {string.Join(" | ", header)} |", StringComparison.Ordinal));
        Assert.True(start >= 0, $"{Name} has no table with the columns {string.Join(", ", header)}.");
        // Behind the header is the line that makes it one.
        return [.. _lines.Skip(start + 2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())];
    }

    private IEnumerable<Snippet> ReadSnippets()
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            if (!IsFence(_lines[i])) continue;
            var (start, text, before) = (i, new StringBuilder(), i >= 2 && _lines[i - 1].Length == 0 ? _lines[i - 2] : "");
            for (i++; !IsFence(_lines[i]); i++) text.Append(_lines[i]).Append('\n');
            var words = _lines[start][3..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            yield return new Snippet(
                $"{Name}:{start + 1}", words.FirstOrDefault() ?? "", [.. words.Skip(1)], text.ToString(),
                FileName().Match(before) is { Success: true } match ? match.Groups["name"].Value : null);
        }
    }

    private static bool IsFence(string line) => line.StartsWith("```", StringComparison.Ordinal);

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^`(?<name>[\w./-]+)`:$")]
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

using System.Text.RegularExpressions;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>docs/diagnostics.md, as a Markdown viewer sees it.</summary>
internal static partial class DiagnosticsPage
{
    /// <summary>Whether a link to <paramref name="anchor"/> leads somewhere: to a heading of just that text, or to an id.</summary>
    public static bool HasAnchor(string page, string anchor) => Anchor().Matches(page)
        .Any(match => match.Groups["name"].Value.Equals(anchor, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("""^#+ +`?(?<name>\w+)`? *$|<a +(?:id|name)="(?<name>[^"]+)">""", RegexOptions.Multiline)]
    private static partial Regex Anchor();
}

using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.Redaction;

/// <summary>Breaks commands to terminals, CI agents and MSBuild in text that others wrote (a service's log, a server's answer, a
/// file), and keeps the text readable. Idempotent.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>A terminal obeys control sequences (ECMA-48), and reorders text after bidirectional controls.</item>
/// <item>The agents of CI systems obey commands within a line: <c>##vso[</c> and <c>##[</c> anywhere in it (Azure Pipelines,
/// <c>Command.cs</c>; GitHub, <c>ActionCommand.cs</c>), and <c>::</c> at its start, also after blanks, if another <c>::</c>
/// follows (GitHub, <c>ActionCommand.cs</c>).</item>
/// <item>MSBuild's <c>Exec</c> reports a line such as <c>Evil.cs(1,1): error CS0001: text</c>, or only <c>error: text</c>, as an
/// error of the build (<c>CanonicalError.cs</c>).</item>
/// </list>
/// </remarks>
internal static partial class HarmlessText
{
    private const char LineSeparator = '\u2028';
    private const char ParagraphSeparator = '\u2029';

    /// <summary>Returns the harmless text; the same instance when it already is, as nearly all texts are.</summary>
    public static string Of(string text)
    {
        var found = Scan(text);
        if (found == Traits.None) return text;
        if ((found & Traits.Control) != 0) text = ControlSequences().Replace(text, "");
        if ((found & Traits.Invisible) != 0) text = RemoveInvisible(text);
        if ((found & Traits.Hash) != 0) text = Insert(text, BreaksOfAgentCommands(text));
        if ((found & Traits.Colons) != 0) text = Insert(text, BreaksOfWorkflowCommands(text));
        // A removal can have joined the parts of a word.
        return (found & (Traits.Category | Traits.Control | Traits.Invisible)) == 0 ? text : Insert(text, BreaksOfCanonicalErrors(text));
    }

    [Flags]
    private enum Traits
    {
        None = 0,
        Control = 1,
        Invisible = 2,
        Hash = 4,
        Colons = 8,
        Category = 16,
    }

    // Every text of every report is scanned, so this is a single pass without regular expressions.
    private static Traits Scan(string text)
    {
        var found = Traits.None;
        for (var i = 0; i < text.Length; i++)
        {
            found |= text[i] switch
            {
                '\t' or '\n' => Traits.None,
                < ' ' => Traits.Control | Traits.Hash | Traits.Colons,
                '#' => Traits.Hash,
                ':' when i + 1 < text.Length && text[i + 1] == ':' => Traits.Colons,
                'e' or 'E' or 'w' or 'W' when CategoryAt(text, i) > 0 => Traits.Category,
                >= '\x7f' and <= '\x9f' => Traits.Control,
                > '\x9f' when IsInvisible(text, i) => Traits.Invisible | Traits.Hash | Traits.Colons,
                _ => Traits.None,
            };
        }

        return found;
    }

    // Category Cf: bidirectional controls, zero-width characters, byte order mark, soft hyphen, tags.
    private static bool IsInvisible(string text, int at)
    {
        var c = text[at];
        if (c < '\u00ad') return false;
        return c is LineSeparator or ParagraphSeparator || CharUnicodeInfo.GetUnicodeCategory(text, at) == UnicodeCategory.Format;
    }

    private static string RemoveInvisible(string text)
    {
        var shown = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
            if (!IsInvisible(text, i)) shown.Append(text[i]);
            else if (text[i] is LineSeparator or ParagraphSeparator) shown.Append(' ');
            else if (char.IsHighSurrogate(text[i])) i++;
        return shown.ToString();
    }

    // A blank after "##" when letters and "[" follow: ## vso[…]. Agents search with the rules of a culture, which ignore some
    // symbols beyond ASCII, so these are skipped.
    private static IEnumerable<(int At, string Inserted)> BreaksOfAgentCommands(string text)
    {
        for (var i = text.IndexOf('#', StringComparison.Ordinal); i >= 0; i = text.IndexOf('#', i + 1))
        {
            var second = Skip(IsSymbol, text, i + 1);
            if (second == text.Length || text[second] != '#') continue;
            var end = Skip(c => char.IsAsciiLetter(c) || c > '\x7f', text, second + 1);
            if (end < text.Length && text[end] == '[') yield return (second + 1, " ");
        }
    }

    // "> " before the "::" at the start of a line: > ::error::text.
    private static IEnumerable<(int At, string Inserted)> BreaksOfWorkflowCommands(string text)
    {
        for (var line = 0; line < text.Length;)
        {
            var end = text.IndexOf('\n', line) is var found && found < 0 ? text.Length : found;
            var start = line;
            while (start < end && (char.IsWhiteSpace(text[start]) || IsSymbol(text[start]))) start++;
            if (start + 1 < end && text[start] == ':'
                && text.AsSpan(start + 2, Math.Max(0, end - start - 2)).Contains("::", StringComparison.Ordinal)
                && text[Skip(IsSymbol, text, start + 1)] == ':')
                yield return (start, "> ");

            line = end + 1;
        }
    }

    // Puts brackets around "error" or "warning", so that MSBuild does not take the line for an error: Evil.cs(1,1): [error] CS0001: text.
    private static IEnumerable<(int At, string Inserted)> BreaksOfCanonicalErrors(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if ((text[i] | 0x20) is not ('e' or 'w') || CategoryAt(text, i) is not (var length and > 0)) continue;
            yield return (i, "[");
            yield return (i + length, "]");
            i += length - 1;
        }
    }

    private static string Insert(string text, IEnumerable<(int At, string Inserted)> insertions)
    {
        StringBuilder? result = null;
        var copied = 0;
        foreach (var (at, inserted) in insertions)
        {
            result ??= new StringBuilder(text.Length + 8);
            result.Append(text, copied, at - copied).Append(inserted);
            copied = at;
        }

        return result is null ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    // The length of the word "error" or "warning" when it begins here and is followed by an optional code and a colon, as in
    // ORIGIN: SUBCATEGORY (error|warning)( \s*CODE)?\s*:TEXT; else 0. A CODE has no blank and no colon, but can have a tab,
    // and a line break where that is an escape: in JSON and XML.
    private static int CategoryAt(string text, int at)
    {
        if (at > 0 && text[at - 1] != ':' && !char.IsWhiteSpace(text[at - 1])) return 0;
        var word = (text[at] | 0x20) == 'e' ? "error" : "warning";
        if (!text.AsSpan(at).StartsWith(word, StringComparison.OrdinalIgnoreCase)) return 0;
        var end = at + word.Length;
        var next = Skip(char.IsWhiteSpace, text, end);
        if (IsColon(text, next)) return word.Length;
        if (next == end || text[end] != ' ') return 0;
        var rest = text.AsSpan(next).IndexOfAny(':', ' ');
        return rest >= 0 && IsColon(text, Skip(char.IsWhiteSpace, text, next + rest)) ? word.Length : 0;
    }

    private static bool IsColon(string text, int at) => at < text.Length && text[at] == ':';

    private static int Skip(Func<char, bool> isSkipped, string text, int at)
    {
        while (at < text.Length && isSkipped(text[at])) at++;
        return at;
    }

    // Beyond ASCII.
    private static bool IsSymbol(char c) => c > '\x7f' && !char.IsLetterOrDigit(c);

    // ECMA-48: control sequences, strings such as titles and links, other escapes; then single control characters,
    // except tab and line feed.
    [GeneratedRegex(
        @"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]",
        RegexOptions.CultureInvariant)]
    private static partial Regex ControlSequences();
}

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

    // The agents search with the rules of a culture, which ignore some symbols beyond ASCII.
    private const string Symbol = @"[^\x00-\x7f\p{L}\p{Nd}]";

    /// <summary>Returns the harmless text; the same instance when it already is, as nearly all texts are.</summary>
    public static string Of(string text)
    {
        var found = Scan(text);
        if (found == Traits.None) return text;
        if ((found & Traits.Control) != 0) text = ControlSequences().Replace(text, "");
        if ((found & Traits.Invisible) != 0) text = RemoveInvisible(text);
        if ((found & Traits.Hash) != 0) text = AgentCommand().Replace(text, "$0 ");
        if ((found & Traits.Colons) != 0) text = StartOfWorkflowCommand().Replace(text, "$0> ");
        // A removal can have joined the parts of a word.
        return (found & (Traits.Category | Traits.Control | Traits.Invisible)) == 0 ? text : BreakCanonicalErrors(text);
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
    private static bool IsInvisible(string text, int at) => text[at] is LineSeparator or ParagraphSeparator
        || CharUnicodeInfo.GetUnicodeCategory(text, at) == UnicodeCategory.Format;

    private static string RemoveInvisible(string text)
    {
        var shown = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
            if (!IsInvisible(text, i)) shown.Append(text[i]);
            else if (text[i] is LineSeparator or ParagraphSeparator) shown.Append(' ');
            else if (char.IsHighSurrogate(text[i])) i++;
        return shown.ToString();
    }

    // Puts brackets around "error" or "warning", so that MSBuild does not take the line for an error: Evil.cs(1,1): [error] CS0001: text.
    private static string BreakCanonicalErrors(string text)
    {
        var result = new StringBuilder(text.Length + 8);
        var copied = 0;
        for (var i = 0; i < text.Length; i++)
            if ((text[i] | 0x20) is 'e' or 'w' && CategoryAt(text, i) is var length and > 0)
            {
                result.Append(text, copied, i - copied).Append('[').Append(text, i, length).Append(']');
                copied = i + length;
                i = copied - 1;
            }

        return result.Append(text, copied, text.Length - copied).ToString();
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
        var next = SkipWhiteSpace(text, end);
        if (IsColon(text, next)) return word.Length;
        if (next == end || text[end] != ' ') return 0;
        var rest = text.AsSpan(next).IndexOfAny(':', ' ');
        return rest >= 0 && IsColon(text, SkipWhiteSpace(text, next + rest)) ? word.Length : 0;
    }

    private static bool IsColon(string text, int at) => at < text.Length && text[at] == ':';

    private static int SkipWhiteSpace(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }

    // "##" before letters and "[": a blank after it breaks the command (## vso[…]).
    [GeneratedRegex($@"#{Symbol}*#(?=[A-Za-z\x80-\uffff]*\[)", RegexOptions.CultureInvariant)]
    private static partial Regex AgentCommand();

    // The start of a line up to its "::", where another "::" follows: "> " before it breaks the command (> ::error::text).
    [GeneratedRegex(
        $@"^(?>(?:[^\S\n]|{Symbol})*)(?=:{Symbol}*:)(?=:[^\n][^\n]*::)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex StartOfWorkflowCommand();

    // ECMA-48: control sequences, strings such as titles and links, other escapes; then single control characters,
    // except tab and line feed.
    [GeneratedRegex(
        @"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]",
        RegexOptions.CultureInvariant)]
    private static partial Regex ControlSequences();
}

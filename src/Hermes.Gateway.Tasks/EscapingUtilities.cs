using System.Globalization;
using System.Text;

namespace Hermes.Gateway.Tasks;

/// <summary>MSBuild's escapes (%XX) in single values. MSBuild's own class for it is not public.</summary>
internal static class EscapingUtilities
{
    private const string Special = "%*?@$();'";
    private const string Digits = "0123456789abcdef";

    /// <summary>Replaces what MSBuild would take for syntax.</summary>
    public static string Escape(string text)
    {
        var count = 0;
        foreach (var c in text)
            if (IsSpecial(c)) count++;
        // A report of a few thousand characters has dozens of them, and there may be a thousand reports.
        return count == 0 ? text : string.Create(text.Length + (2 * count), text, Fill);
    }

    private static void Fill(Span<char> escaped, string text)
    {
        var at = 0;
        foreach (var c in text)
            if (IsSpecial(c))
                (escaped[at++], escaped[at++], escaped[at++]) = ('%', Digits[c >> 4], Digits[c & 0xF]);
            else
                escaped[at++] = c;
    }

    // None of them comes after the '@'.
    private static bool IsSpecial(char c) => c <= '@' && Special.Contains(c, StringComparison.Ordinal);

    /// <summary>Replaces each %XX by its character; any other % stays.</summary>
    public static string Unescape(string text)
    {
        var literal = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '%' && i + 2 < text.Length
                && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                literal.Append((char)code);
                i += 2;
            }
            else
            {
                literal.Append(text[i]);
            }

        return literal.ToString();
    }
}

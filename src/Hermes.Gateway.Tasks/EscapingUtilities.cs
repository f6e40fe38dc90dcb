using System.Globalization;
using System.Text;

namespace Hermes.Gateway.Tasks;

/// <summary>Escapes values for MSBuild (<c>%XX</c>). MSBuild's own class of this name is not public.</summary>
internal static class EscapingUtilities
{
    private const string SpecialCharacters = "%*?@$();'";
    private const string Digits = "0123456789abcdef";

    /// <summary>Escapes the characters that have a meaning to MSBuild.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
            // '@' is the last of the special characters.
            if (c <= '@' && SpecialCharacters.Contains(c, StringComparison.Ordinal))
                escaped.Append('%').Append(Digits[c >> 4]).Append(Digits[c & 0xF]);
            else
                escaped.Append(c);
        return escaped.ToString();
    }

    /// <summary>Replaces each <c>%XX</c> by its character, and keeps any other percent sign.</summary>
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

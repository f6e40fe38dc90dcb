using System.Buffers;
using System.Globalization;
using System.Text;

namespace Hermes.Gateway.Tasks;

/// <summary>MSBuild's escapes (%XX) in single values. MSBuild's own class for it is not public.</summary>
internal static class EscapingUtilities
{
    private static readonly SearchValues<char> Special = SearchValues.Create("%*?@$();'");

    /// <summary>Replaces what MSBuild would take for syntax.</summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAny(Special)) return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            if (Special.Contains(c)) escaped.Append(CultureInfo.InvariantCulture, $"%{(int)c:x2}");
            else escaped.Append(c);
        return escaped.ToString();
    }

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

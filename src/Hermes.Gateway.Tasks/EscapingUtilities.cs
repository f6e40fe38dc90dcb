using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Hermes.Gateway.Tasks;

/// <summary>Escapes values for MSBuild (<c>%XX</c>). MSBuild's own class of this name is not public.</summary>
internal static partial class EscapingUtilities
{
    /// <summary>Escapes the characters that have a meaning to MSBuild.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
            if (c is '%' or '*' or '?' or '@' or '$' or '(' or ')' or ';' or '\'')
                escaped.Append(CultureInfo.InvariantCulture, $"%{(int)c:x2}");
            else
                escaped.Append(c);
        return escaped.ToString();
    }

    /// <summary>Replaces each <c>%XX</c> by its character, and keeps any other percent sign.</summary>
    public static string Unescape(string text) => !text.Contains('%', StringComparison.Ordinal)
        ? text
        : EscapedCharacter().Replace(text, match => ((char)Convert.FromHexString(match.ValueSpan[1..])[0]).ToString());

    [GeneratedRegex("%[0-9A-Fa-f]{2}")]
    private static partial Regex EscapedCharacter();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Hermes.Gateway.Tasks;

/// <summary>Escapes values for MSBuild (<c>%XX</c>). MSBuild's own class of this name is not public.</summary>
internal static partial class EscapingUtilities
{
    /// <summary>Escapes the characters that have a meaning to MSBuild.</summary>
    public static string Escape(string text) => SpecialCharacter().Replace(
        text, match => string.Create(CultureInfo.InvariantCulture, $"%{(int)match.ValueSpan[0]:x2}"));

    /// <summary>Replaces each <c>%XX</c> by its character, and keeps any other percent sign.</summary>
    public static string Unescape(string text) =>
        EscapedCharacter().Replace(text, match => ((char)Convert.FromHexString(match.ValueSpan[1..])[0]).ToString());

    [GeneratedRegex("[%*?@$();']")]
    private static partial Regex SpecialCharacter();

    [GeneratedRegex("%[0-9A-Fa-f]{2}")]
    private static partial Regex EscapedCharacter();
}

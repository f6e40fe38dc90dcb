using System.Globalization;
using System.Xml.Linq;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Shows values of property lists to people, on one line and not too long.</summary>
internal static class PlistSummary
{
    private const int MaxLength = 200;

    /// <summary>A value in a few words: <c>30</c>, <c>[Aqua, Background]</c>, <c>{…}</c>.</summary>
    public static string Of(XElement value) => Shorten(value.Name.LocalName switch
    {
        "dict" => value.Elements().Any() ? "{…}" : "{}",
        "array" => $"[{string.Join(", ", value.Elements().Select(Of))}]",
        "true" or "false" => value.Name.LocalName,
        _ => value.Value,
    });

    /// <summary>The entries of a <c>dict</c>: <c>{NetworkState: true}</c>.</summary>
    public static string OfDict(XElement dict) => Shorten(
        $"{{{string.Join(", ", PlistXml.Entries(dict).Select(entry => $"{entry.Key.Value}: {Of(entry.Value)}"))}}}");

    /// <summary>A value of the wrong type, which its text alone would hide: <c>&lt;integer&gt;1&lt;/integer&gt;</c>.
    /// </summary>
    public static string Markup(XElement value) => Shorten(value.ToString(SaveOptions.DisableFormatting));

    /// <summary>A value that should be a <c>string</c>.</summary>
    public static string TextOrMarkup(XElement value) => PlistXml.Text(value) ?? Markup(value);

    private static string Shorten(string text)
    {
        var isLong = text.Length > MaxLength;
        if (isLong) text = text[..MaxLength];
        if (isLong && char.IsHighSurrogate(text[^1])) text = text[..^1];
        if (text.Any(char.IsControl))
            text = string.Concat(text.Select(c =>
                char.IsControl(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString()));
        return isLong ? text + "…" : text;
    }
}

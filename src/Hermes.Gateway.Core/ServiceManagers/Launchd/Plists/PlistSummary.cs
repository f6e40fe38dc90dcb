using System.Xml.Linq;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>Formats property list values for reports: on one line and shortened.</summary>
internal static class PlistSummary
{
    private const int MaxLength = 200;

    /// <summary>Summarizes a value: <c>30</c>, <c>[Aqua, Background]</c>, <c>{…}</c>.</summary>
    public static string Summarize(XElement value) => Shorten(value.Name.LocalName switch
    {
        "dict" => value.Elements().Any() ? "{…}" : "{}",
        "array" => $"[{string.Join(", ", value.Elements().Select(Summarize))}]",
        "true" or "false" => value.Name.LocalName,
        _ => value.Value,
    });

    /// <summary>Summarizes the entries of a <c>dict</c>: <c>{NetworkState: true}</c>.</summary>
    public static string SummarizeEntries(XElement dict) => Shorten(
        $"{{{string.Join(", ", dict.GetEntries().Select(entry => $"{entry.Key}: {Summarize(entry.Value)}"))}}}");

    /// <summary>Formats a value of the wrong type with its markup: <c>&lt;integer&gt;1&lt;/integer&gt;</c>.</summary>
    public static string FormatMarkup(XElement value) => Shorten(value.ToString(SaveOptions.DisableFormatting));

    public static string FormatTextOrMarkup(XElement value) => value.GetText() ?? FormatMarkup(value);

    private static string Shorten(string text)
    {
        var isLong = text.Length > MaxLength;
        if (isLong) text = text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        text = string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
        return isLong ? text + "…" : text;
    }
}

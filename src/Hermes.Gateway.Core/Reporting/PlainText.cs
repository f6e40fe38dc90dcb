using System.Globalization;
using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Text for people, on any terminal and in any file.</summary>
public static partial class PlainText
{
    /// <summary>The text without colours and other orders to a terminal. A program's own log is full of them, and a log
    /// of a build is a file as often as it is a screen.</summary>
    public static string Of(string text) => HasOrder(text) ? Orders().Replace(text, "") : text;

    // Each order begins with one, and nearly no text has any.
    private static bool HasOrder(string text)
    {
        foreach (var c in text)
            if (char.IsControl(c) && c is not ('\t' or '\n')) return true;
        return false;
    }

    /// <summary>A duration in its two largest units: <c>3 d 4 h</c>, <c>12 min 5 s</c>.</summary>
    public static string Of(TimeSpan time)
    {
        Part[] parts = [new(time.Days, "d"), new(time.Hours, "h"), new(time.Minutes, "min"), new(time.Seconds, "s")];
        var largest = parts.SkipWhile(part => part.Count <= 0).Take(2).Where(part => part.Count > 0).ToList();
        return largest.Count == 0 ? "0 s" : string.Join(' ', largest.Select(part =>
            string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Unit}")));
    }

    private sealed record Part(int Count, string Unit);

    // ECMA-48: control sequences, strings such as titles and links, other escapes; then single control characters,
    // except tab and line feed.
    [GeneratedRegex(
        @"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]",
        RegexOptions.CultureInvariant)]
    private static partial Regex Orders();
}

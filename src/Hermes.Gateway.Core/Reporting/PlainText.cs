using System.Globalization;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Text for people, on any terminal and in any file.</summary>
public static class PlainText
{
    /// <summary>The text without control sequences, invisible characters, and commands to CI agents and MSBuild. A program's own log
    /// is full of colours, and a log of a build is a file as often as it is a screen.</summary>
    public static string Of(string text) => HarmlessText.Of(text);

    /// <summary>A duration in its two largest units: <c>3 d 4 h</c>, <c>12 min 5 s</c>.</summary>
    public static string Of(TimeSpan time)
    {
        Part[] parts = [new(time.Days, "d"), new(time.Hours, "h"), new(time.Minutes, "min"), new(time.Seconds, "s")];
        var largest = parts.SkipWhile(part => part.Count <= 0).Take(2).Where(part => part.Count > 0).ToList();
        return largest.Count == 0 ? "0 s" : string.Join(' ', largest.Select(part =>
            string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Unit}")));
    }

    private sealed record Part(int Count, string Unit);
}

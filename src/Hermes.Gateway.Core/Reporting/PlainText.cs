using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Formats values as text that is readable in a terminal and in a log file.</summary>
public static class PlainText
{
    /// <summary>Returns the text without control sequences (such as the colours of a program's log), invisible characters, and commands
    /// to CI agents and MSBuild.</summary>
    public static string Of(string text) => HarmlessText.Of(text);

    /// <summary>Returns a duration in its two largest units: <c>3 d 4 h</c>, <c>12 min 5 s</c>, <c>0 s</c>.</summary>
    public static string Of(TimeSpan time)
    {
        (int Count, string Unit)[] parts = [(time.Days, "d"), (time.Hours, "h"), (time.Minutes, "min"), (time.Seconds, "s")];
        var largest = parts.SkipWhile(part => part.Count <= 0).Take(2).Where(part => part.Count > 0)
            .Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Unit}")).ToList();
        return largest.Count == 0 ? "0 s" : string.Join(' ', largest);
    }
}

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
        string[] parts = [Part(time.Days, "d"), Part(time.Hours, "h"), Part(time.Minutes, "min"), Part(time.Seconds, "s")];
        var largest = parts.SkipWhile(part => part.Length == 0).Take(2).Where(part => part.Length > 0).ToList();
        return largest.Count == 0 ? "0 s" : string.Join(' ', largest);

        static string Part(int count, string unit) =>
            count <= 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{count} {unit}");
    }
}

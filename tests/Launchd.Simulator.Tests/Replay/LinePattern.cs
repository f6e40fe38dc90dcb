using System.Text.RegularExpressions;

namespace Launchd.Simulator.Tests.Replay;

/// <summary>Regular expressions for the placeholders that stand for something unknown.</summary>
internal static class LinePattern
{
    private static readonly (string Placeholder, string Pattern)[] Placeholders =
    [
        ("<PID>", "[1-9][0-9]*"),
        ("<N>", "[0-9]+"),
        ("<PAD>", "[ ]*"),
        ("<TEXT>", @"[^\n]+"),
        ("<TEXT\\?>", @"[^\n]*"),
    ];

    public static string Of(string line) => Placeholders.Aggregate(
        Regex.Escape(line),
        (pattern, known) => pattern.Replace(known.Placeholder, known.Pattern, StringComparison.Ordinal));
}

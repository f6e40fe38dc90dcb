using System.Globalization;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>Entries as text for people: one line each. The contract for programs is the JSON and the items.</summary>
public static class HistoryText
{
    /// <summary>When, what, how it ended, how long it took, and the steps or the codes that tell why.</summary>
    public static string Line(HistoryEntry entry)
    {
        var seconds = (entry.Milliseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture);
        return $"{Moment(entry.When)}  {entry.Verb,-9}  {Outcome(entry),-9}  {seconds,6} s  {Story(entry)}".TrimEnd();
    }

    /// <summary>What the last operation came to, in one line.</summary>
    public static string Summary(IReadOnlyList<HistoryEntry> entries) => entries switch
    {
        [] => "no operation on record",
        [.., var last] => $"{entries.Count} on record, the last: {last.Verb} {Outcome(last)} at {Moment(last.Last)}"
            + (last.HasFailed && last.Codes is [var cause, ..] ? $" ({cause})" : ""),
    };

    private static string Outcome(HistoryEntry entry) => entry.Outcome == "failed" ? "FAILED" : entry.Outcome;

    private static string Story(HistoryEntry entry)
    {
        var parts = new List<string>();
        if (entry.HasFailed) parts.Add(string.Join(", ", entry.Codes.Distinct()));
        if (!entry.Steps.IsEmpty) parts.Add(string.Join(", ", entry.Steps));
        if (entry.Count > 1)
            parts.Add(string.Create(
                CultureInfo.InvariantCulture, $"{entry.Count} times, the last at {Moment(entry.Last)}"));
        return string.Join("; ", parts);
    }

    private static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

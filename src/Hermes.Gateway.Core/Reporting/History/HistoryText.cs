namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>Formats entries of a history as text for people. Programs should read the JSON or the items instead.</summary>
public static class HistoryText
{
    /// <summary>Returns an entry as one line: time, verb, outcome, duration, codes of a failure, steps, count.</summary>
    public static string Line(HistoryEntry entry)
    {
        var seconds = (entry.Milliseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture);
        var details = new List<string>();
        if (entry.HasFailed) details.Add(string.Join(", ", entry.Codes.Distinct()));
        if (!entry.Steps.IsEmpty) details.Add(string.Join(", ", entry.Steps));
        if (entry.Count > 1)
            details.Add(string.Create(CultureInfo.InvariantCulture, $"{entry.Count} times, the last at {Time(entry.Last)}"));
        return $"{Time(entry.When)}  {entry.Verb,-9}  {Outcome(entry),-9}  {seconds,6} s  {string.Join("; ", details)}".TrimEnd();
    }

    /// <summary>Returns a release as one line: revision, when it was made and last worked, source, and whether it is the current one.</summary>
    public static string Line(ReleaseOnDisk release)
    {
        var details = new List<string>();
        if (release.Created is { } created) details.Add($"made {Time(created)}");
        details.Add(release.Verified is { } verified ? $"worked {Time(verified)}" : "not known to have worked");
        if (release.SourceRevision.Length > 0) details.Add($"source {release.SourceRevision}");
        return $"{release.Revision}  {string.Join(", ", details)}{(release.IsCurrent ? "  (current)" : "")}";
    }

    /// <summary>Returns one line about a service's entries: their number, and the last operation with its outcome.</summary>
    public static string Summary(IReadOnlyList<HistoryEntry> entries) => entries switch
    {
        [] => "no operation on record",
        [.., var last] => $"{entries.Count} on record, the last: {last.Verb} {Outcome(last)} at {Time(last.Last)}"
            + (last.HasFailed && last.Codes is [var cause, ..] ? $" ({cause})" : ""),
    };

    private static string Outcome(HistoryEntry entry) => entry.Outcome == "failed" ? "FAILED" : entry.Outcome;

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

using System.Collections.Immutable;
using System.Text.Json;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.History;

/// <summary>One operation on its way into the history: its report fit to be kept (without secrets, and never so long that
/// it pushes out many others), and beside it what decides whether it is news.</summary>
internal sealed class HistoryRecord
{
    /// <summary>The most bytes of one record.</summary>
    public const int MostBytes = 64 << 10;

    // From generous to what fits whatever the texts are.
    private static readonly int[] LongestTexts = [2000, 500, 200, 60];
    private static readonly int[] MostItems = [100, 50, 20, 5];

    private readonly byte[] _report;

    private HistoryRecord(byte[] report) => _report = report;

    /// <summary>When it began; of several, the first.</summary>
    public required DateTimeOffset When { get; init; }

    /// <summary>When the last of them began.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>How many operations it stands for.</summary>
    public required int Count { get; init; }

    /// <summary>The user who asked for it.</summary>
    public required uint UserId { get; init; }

    /// <summary>What was asked for.</summary>
    public required string Verb { get; init; }

    /// <summary>Whether it found nothing to do.</summary>
    public required bool IsNoOp { get; init; }

    /// <summary>The codes of the findings that are kept, the cause first.</summary>
    public required ImmutableArray<string> Codes { get; init; }

    /// <summary>Makes the record of one operation.</summary>
    public static HistoryRecord Of(ServiceReport report, SecretText secrets, DateTimeOffset when, uint userId)
    {
        for (var i = 0; i < LongestTexts.Length; i++)
        {
            var texts = new KeptTexts(secrets, LongestTexts[i], MostItems[i]);
            var json = JsonBuffer.ToBytes(writer => ReportJson.WriteReport(writer, report, texts));
            if (json.Length > MostBytes && i < LongestTexts.Length - 1) continue;
            return new HistoryRecord(json)
            {
                When = when,
                Last = when,
                Count = 1,
                UserId = userId,
                Verb = report.Verb,
                IsNoOp = report.Outcome == Outcome.Unchanged && report.Steps.IsEmpty,
                Codes = [.. texts.Of(report.Findings).Select(finding => finding.Code)],
            };
        }

        throw new InvalidOperationException("the last limits fit always");
    }

    /// <summary>The record of an entry.</summary>
    public static HistoryRecord Of(HistoryEntry entry) => new(JsonBuffer.ToBytes(entry.Report.WriteTo))
    {
        When = entry.When,
        Last = entry.Last,
        Count = entry.Count,
        UserId = entry.UserId,
        Verb = entry.Verb,
        IsNoOp = entry.IsNoOp,
        Codes = entry.Codes,
    };

    /// <summary>Whether it says no more than an entry does, but that it was so again. A warning that comes or goes is news,
    /// also when there was nothing to do.</summary>
    public bool IsMoreOf(HistoryEntry last) =>
        IsNoOp && last.IsNoOp && Verb == last.Verb && UserId == last.UserId
        && Codes.AsSpan().SequenceEqual(last.Codes.AsSpan());

    /// <summary>The record as a line of the file, with its end; of several in one, what each of them shares.</summary>
    /// <param name="more">What it says no more than; null when it is news.</param>
    public byte[] ToLine(HistoryEntry? more)
    {
        var (when, count) = more is null ? (When, Count) : (more.When, HistoryList.Sum(more.Count, Count));
        return JsonBuffer.ToBytes(
            writer => HistoryEntry.WriteTo(
                writer, when, Last, count, UserId, () => writer.WriteRawValue(_report, skipInputValidation: true)),
            "\n");
    }

    /// <summary>The record as it is read back.</summary>
    public HistoryEntry ToEntry()
    {
        using var document = JsonDocument.Parse(_report);
        return new HistoryEntry
        {
            When = When,
            Last = Last,
            Count = Count,
            UserId = UserId,
            Report = document.RootElement.Clone(),
        };
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Redaction;
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

    private readonly Func<byte[]> _makeReport;
    private byte[]? _report;

    private HistoryRecord(Func<byte[]> makeReport) => _makeReport = makeReport;

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

    /// <summary>What the line of another one goes on with, behind its head, when this is no news after it: the same user
    /// asked for the same, and the same was found. A warning that comes or goes is news, also when there was nothing to do.
    /// </summary>
    public byte[] Sameness => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"\"user\":{UserId},\"nothing\":\"{JsonEncodedText.Encode(Nothing(Verb, Codes), JsonBuffer.Encoder)}\",\"report\":{{"));

    /// <summary>What tells one operation that found nothing to do from another one: what was asked for, and the codes of
    /// its findings.</summary>
    public static string Nothing(string verb, ImmutableArray<string> codes) => string.Join(' ', [verb, .. codes]);

    private byte[] Report => _report ??= _makeReport();

    /// <summary>Makes the record of one operation.</summary>
    public static HistoryRecord Of(ServiceReport report, SecretText secrets, DateTimeOffset when, uint userId)
    {
        // Few findings are all kept, whatever else there is: then the report need not be made to know that it is no news.
        var made = report.Findings.Length > MostItems[^1] ? Make(report, secrets) : null;
        var findings = made is null ? report.Findings : made.Texts.Of(report.Findings);
        return new HistoryRecord(() => (made ?? Make(report, secrets)).Json)
        {
            When = when,
            Last = when,
            Count = 1,
            UserId = userId,
            Verb = report.Verb,
            IsNoOp = report.Outcome == Outcome.Unchanged && report.Steps.IsEmpty,
            Codes = [.. findings.Select(finding => finding.Code)],
        };
    }

    /// <summary>The record of an entry.</summary>
    public static HistoryRecord Of(HistoryEntry entry) => new(() => JsonBuffer.ToBytes(entry.Report.WriteTo))
    {
        When = entry.When,
        Last = entry.Last,
        Count = entry.Count,
        UserId = entry.UserId,
        Verb = entry.Verb,
        IsNoOp = entry.IsNoOp,
        Codes = entry.Codes,
    };

    /// <summary>Whether it says no more than an entry does, but that it was so again.</summary>
    public bool IsMoreOf(HistoryEntry last) =>
        IsNoOp && last.IsNoOp && UserId == last.UserId && Nothing(Verb, Codes) == Nothing(last.Verb, last.Codes);

    /// <summary>The record as a line of the file, with its end.</summary>
    public byte[] ToLine() => JsonBuffer.ToBytes(
        writer => HistoryEntry.WriteTo(
            writer, When, Last, Count, UserId, IsNoOp ? Nothing(Verb, Codes) : null, () => writer.WriteRawValue(Report, skipInputValidation: true)),
        "\n");

    /// <summary>The record as it is read back.</summary>
    public HistoryEntry ToEntry()
    {
        using var document = JsonDocument.Parse(Report);
        return new HistoryEntry
        {
            When = When,
            Last = Last,
            Count = Count,
            UserId = UserId,
            Report = document.RootElement.Clone(),
        };
    }

    private static Made Make(ServiceReport report, SecretText secrets)
    {
        for (var i = 0; i < LongestTexts.Length; i++)
        {
            var texts = new KeptTexts(secrets, LongestTexts[i], MostItems[i]);
            var json = JsonBuffer.ToBytes(writer => ReportJson.WriteReport(writer, report, texts));
            if (json.Length <= MostBytes || i == LongestTexts.Length - 1) return new Made(json, texts);
        }

        throw new InvalidOperationException("the last limits fit always");
    }

    private sealed record Made(byte[] Json, KeptTexts Texts);
}

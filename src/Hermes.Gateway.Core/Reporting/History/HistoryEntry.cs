using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>An operation on one service as its history records it: one line of JSON. Consecutive operations that found nothing to do
/// share an entry.</summary>
public sealed record HistoryEntry
{
    internal const int CurrentSchema = 1;

    /// <summary>The maximum size of the report, in bytes of JSON.</summary>
    internal const int MaxReportBytes = 64 << 10;

    // Each pair is tried until the report is small enough; with the last one it always is.
    private static readonly (int MaxText, int MaxItems)[] Limits = [(2000, 100), (500, 50), (200, 20), (60, 5)];

    private static readonly string[] Properties = ["schema", "when", "last", "count", "user", "report"];

    /// <summary>The version of the JSON form in which the line was written.</summary>
    internal int Schema { get; init; } = CurrentSchema;

    /// <summary>When the operation began; when the first one began, if the entry stands for several.</summary>
    public required DateTimeOffset When { get; init; }

    /// <summary>When the last operation of the entry began.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>How many operations the entry stands for; at least 1.</summary>
    public required int Count { get; init; }

    /// <summary>The numeric id of the user who ran the operation.</summary>
    public required uint UserId { get; init; }

    /// <summary>The report of the first operation, without secrets, in the form of <see cref="ReportJson"/> or of another version of
    /// this library.</summary>
    public required JsonElement Report { get; init; }

    /// <summary>The line from which the entry was read: properties that another version wrote are kept when the file is rewritten.
    /// </summary>
    internal JsonElement? Line { get; init; }

    /// <summary>The operation's verb, such as <c>deploy</c>.</summary>
    public string Verb => Text(Report, "verb");

    /// <summary>The operation's outcome: <c>unchanged</c>, <c>changed</c>, <c>rolled-back</c> or <c>failed</c>.</summary>
    public string Outcome => Text(Report, "outcome");

    /// <summary>How long the operation took, in milliseconds.</summary>
    public double Milliseconds => Report.TryGetProperty("milliseconds", out var value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var milliseconds) ? milliseconds : 0;

    /// <summary>The steps that were taken, in order, such as <c>load</c>, or <c>start (failed)</c> for a step that did not succeed.
    /// </summary>
    public ImmutableArray<string> Steps => SelectItems("steps", step => Text(step, "status") switch
    {
        "planned" => null,
        "done" => Text(step, "kind"),
        var status => $"{Text(step, "kind")} ({status})",
    });

    /// <summary>The codes of the findings; the cause of a failure is the first one.</summary>
    public ImmutableArray<string> Codes => SelectItems("findings", finding => Text(finding, "code"));

    /// <summary>The findings, each as <c>CODE: MESSAGE</c>.</summary>
    public ImmutableArray<string> Findings =>
        SelectItems("findings", finding => $"{Text(finding, "code")}: {Text(finding, "message")}");

    /// <summary>Whether the operation failed; also true when it was rolled back.</summary>
    public bool HasFailed => Outcome is not ("unchanged" or "changed");

    /// <summary>Whether the operation found nothing to do.</summary>
    public bool IsNoOp => Outcome == "unchanged" && SelectItems("steps", _ => "").IsEmpty;

    /// <summary>Makes the entry of an operation from its redacted report, shortened to at most <see cref="MaxReportBytes"/>.</summary>
    internal static HistoryEntry Of(ServiceReport report, DateTimeOffset when, uint userId)
    {
        byte[] json = [];
        foreach (var (maxText, maxItems) in Limits)
        {
            var filter = new ReportFilter(maxText, maxItems);
            json = CoreJson.ToUtf8(new JsonReport(report, filter), CoreJson.Default.JsonReport);
            if (json.Length <= MaxReportBytes) break;
        }

        return new HistoryEntry { When = when, Last = when, Count = 1, UserId = userId, Report = JsonElement.Parse(json) };
    }

    /// <summary>Whether the entry repeats <paramref name="previous"/>: the same user ran the same verb, neither operation found
    /// anything to do, and the codes of the findings are the same.</summary>
    internal bool Repeats(HistoryEntry previous) =>
        IsNoOp && previous.IsNoOp && UserId == previous.UserId && Verb == previous.Verb && Codes.SequenceEqual(previous.Codes);

    /// <summary>Parses a line; returns null for malformed input, never throws.</summary>
    public static HistoryEntry? TryParse(string line)
    {
        try
        {
            var json = JsonElement.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var entry = new HistoryEntry
            {
                Schema = json.TryGetProperty("schema", out var schema) ? schema.GetInt32() : CurrentSchema,
                When = json.GetProperty("when").GetDateTimeOffset(),
                Last = json.GetProperty("last").GetDateTimeOffset(),
                Count = json.GetProperty("count").GetInt32(),
                UserId = json.GetProperty("user").GetUInt32(),
                Report = json.GetProperty("report"),
                Line = json,
            };
            // Reads all text that is shown of an entry: an unpaired surrogate throws only when it is read.
            return entry is { Count: > 0, Verb.Length: > 0, Outcome.Length: > 0, Steps.IsDefault: false, Findings.IsDefault: false, Milliseconds: >= 0 }
                && entry.ToLine().Length > 0
                ? entry
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Returns the entry without what looks like a secret, and without text that a terminal or a CI agent would take for a
    /// command. Another version, with other rules, may have written it.</summary>
    public HistoryEntry Redacted()
    {
        var redacted = ReportFilter.Redact(JsonNode.Parse(Report.GetRawText())!, SecretText.PatternsOnly);
        return this with { Report = JsonElement.Parse(redacted.ToJsonString()), Line = null };
    }

    /// <summary>Returns the entry as a line of JSON, without a line break.</summary>
    public string ToLine() => CoreJson.ToText(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("schema", Schema);
        writer.WriteString("when", Time(When));
        writer.WriteString("last", Time(Last));
        writer.WriteNumber("count", Count);
        writer.WriteNumber("user", UserId);
        writer.WritePropertyName("report");
        Report.WriteTo(writer);
        foreach (var property in Line?.EnumerateObject() ?? default)
            if (!Properties.Contains(property.Name)) property.WriteTo(writer);
        writer.WriteEndObject();
    });

    /// <summary>Returns a time as it is written in all records: in UTC, such as <c>2026-08-01T12:00:00.000Z</c>.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    // The texts of the items for which there is one. A loop, because LINQ's methods over JsonElement are compiled at run time.
    private ImmutableArray<string> SelectItems(string name, Func<JsonElement, string?> select)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        if (Report.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array)
            foreach (var item in list.EnumerateArray())
                if (select(item) is { } text) texts.Add(text);
        return texts.ToImmutable();
    }
}

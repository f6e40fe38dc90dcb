using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.History;

/// <summary>One operation on one service as it is kept: a line of JSON. Several in a row that found nothing to do are
/// one entry.</summary>
public sealed record HistoryEntry
{
    /// <summary>Version of the form.</summary>
    public const int Schema = 1;

    // Which of two values counts would be for each reader to say.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>When the operation began; of several in one entry, the first.</summary>
    public required DateTimeOffset When { get; init; }

    /// <summary>When the last of them began.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>How many operations the entry stands for.</summary>
    public required int Count { get; init; }

    /// <summary>The user who asked for it.</summary>
    public required uint UserId { get; init; }

    /// <summary>The report, in the form of <see cref="ReportJson"/>, without secrets; of several, the first.
    /// </summary>
    public required JsonElement Report { get; init; }

    /// <summary>What was asked for.</summary>
    public string Verb => Text(Report, "verb");

    /// <summary>How it ended, as a word.</summary>
    public string Outcome => Text(Report, "outcome");

    /// <summary>How long it took.</summary>
    public double Milliseconds => Report.TryGetProperty("milliseconds", out var value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var milliseconds) ? milliseconds : 0;

    /// <summary>The steps that were taken; one that was not accepted says so.</summary>
    public ImmutableArray<string> Steps
    {
        get
        {
            var steps = ImmutableArray.CreateBuilder<string>();
            foreach (var step in Items("steps"))
                if (Text(step, "status") is var status and not "planned")
                    steps.Add(status == "done" ? Text(step, "kind") : $"{Text(step, "kind")} ({status})");
            return steps.ToImmutable();
        }
    }

    /// <summary>The codes of the findings, the cause first.</summary>
    public ImmutableArray<string> Codes
    {
        get
        {
            var codes = ImmutableArray.CreateBuilder<string>();
            foreach (var finding in Items("findings")) codes.Add(Text(finding, "code"));
            return codes.ToImmutable();
        }
    }

    /// <summary>The findings with their messages.</summary>
    public ImmutableArray<string> Findings
    {
        get
        {
            var findings = ImmutableArray.CreateBuilder<string>();
            foreach (var finding in Items("findings")) findings.Add($"{Text(finding, "code")}: {Text(finding, "message")}");
            return findings.ToImmutable();
        }
    }

    /// <summary>Whether it failed, be it that the last good state was put back.</summary>
    public bool HasFailed => Outcome is not ("unchanged" or "changed");

    /// <summary>Whether it found nothing to do.</summary>
    public bool IsNoOp => Outcome == "unchanged" && !Items("steps").MoveNext();

    /// <summary>Reads a line; null when it is damaged. Nothing that stands there is an exception.</summary>
    public static HistoryEntry? TryParse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var root = document.RootElement;
            var entry = new HistoryEntry
            {
                When = root.GetProperty("when").GetDateTimeOffset(),
                Last = root.GetProperty("last").GetDateTimeOffset(),
                Count = root.GetProperty("count").GetInt32(),
                UserId = root.GetProperty("user").GetUInt32(),
                Report = root.GetProperty("report").Clone(),
            };
            // What is shown of it must be there too; text that is no Unicode shows only when it is read.
            return entry.Count > 0 && entry.Verb.Length > 0 && entry.Outcome.Length > 0
                && !entry.Steps.IsDefault && !entry.Findings.IsDefault && entry.Milliseconds >= 0
                && entry.ToLine().Length > 0
                ? entry
                : null;
        }
        catch (Exception e) when (
            e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The entry without what looks like a secret by today's rules, and without commands to whatever reads it: an earlier
    /// version, which had fewer rules, may have written it.</summary>
    public HistoryEntry Redacted()
    {
        var redacted = HiddenJson.Of(JsonNode.Parse(Report.GetRawText())!, SecretText.Unknowing);
        using var document = JsonDocument.Parse(redacted.ToJsonString());
        return this with { Report = document.RootElement.Clone() };
    }

    /// <summary>The entry as a line of JSON, without its end.</summary>
    public string ToLine() => JsonBuffer.ToText(writer =>
        WriteTo(
            writer, When, Last, Count, UserId, IsNoOp ? HistoryRecord.Nothing(Verb, Codes) : null,
            () => Report.WriteTo(writer)));

    /// <summary>Writes an entry; it begins with what <see cref="HistoryHead"/> reads.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="when">When it began; of several, the first.</param>
    /// <param name="last">When the last of them began.</param>
    /// <param name="count">How many operations it stands for.</param>
    /// <param name="userId">The user who asked for it.</param>
    /// <param name="nothing">What makes it the same as another one that found nothing to do
    /// (<see cref="HistoryRecord.Nothing"/>); null when it found something.</param>
    /// <param name="writeReport">Writes the report.</param>
    internal static void WriteTo(
        Utf8JsonWriter writer, DateTimeOffset when, DateTimeOffset last, int count, uint userId, string? nothing,
        Action writeReport)
    {
        writer.WriteStartObject();
        writer.WriteNumber("schema", Schema);
        writer.WriteString("when", Time(when));
        writer.WriteString("last", Time(last));
        writer.WriteNumber("count", count);
        writer.WriteNumber("user", userId);
        if (nothing is not null) writer.WriteString("nothing", nothing);
        writer.WritePropertyName("report");
        writeReport();
        writer.WriteEndObject();
    }

    /// <summary>A moment as it is written everywhere: UTC, in seconds and thousandths.</summary>
    public static string Time(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private JsonElement.ArrayEnumerator Items(string name) =>
        Report.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
}

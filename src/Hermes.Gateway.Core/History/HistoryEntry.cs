using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hermes.Gateway.Core.History;

/// <summary>One operation on one service as it is kept: a line of JSON. Several in a row that found nothing to do are
/// one entry.</summary>
public sealed record HistoryEntry
{
    /// <summary>Version of the form.</summary>
    public const int Schema = 1;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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

    /// <summary>The report, in the form of <see cref="Reporting.ReportJson"/>, without secrets; of several, the last.
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
    public ImmutableArray<string> Steps =>
    [
        .. Items("steps")
            .Select(step => (Kind: Text(step, "kind"), Status: Text(step, "status")))
            .Where(step => step.Status != "planned")
            .Select(step => step.Status == "done" ? step.Kind : $"{step.Kind} ({step.Status})"),
    ];

    /// <summary>The codes of the findings, the cause first.</summary>
    public ImmutableArray<string> Codes => [.. Items("findings").Select(finding => Text(finding, "code"))];

    /// <summary>The findings with their messages.</summary>
    public ImmutableArray<string> Findings =>
        [.. Items("findings").Select(finding => $"{Text(finding, "code")}: {Text(finding, "message")}")];

    /// <summary>Whether it failed, be it that the last good state was put back.</summary>
    public bool HasFailed => Outcome is not ("unchanged" or "changed");

    /// <summary>Whether it found nothing to do.</summary>
    public bool IsNoOp => Outcome == "unchanged" && Items("steps").Count == 0;

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
                && (entry.Steps, entry.Findings, entry.Milliseconds) is { Milliseconds: >= 0 }
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

    /// <summary>The entry as a line of JSON, without its end.</summary>
    public string ToLine()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema", Schema);
            writer.WriteString("when", Time(When));
            writer.WriteString("last", Time(Last));
            writer.WriteNumber("count", Count);
            writer.WriteNumber("user", UserId);
            writer.WritePropertyName("report");
            Report.WriteTo(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>A moment as it is written everywhere: UTC, in seconds and thousandths.</summary>
    public static string Time(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private List<JsonElement> Items(string name) =>
        Report.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray()]
            : [];
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
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
    public static HistoryEntry? TryParse(string line) => TryParse(() => JsonDocument.Parse(line, Strict));

    /// <summary>Likewise, from UTF-8, of a line that is only compared with: of a name that is there twice the last counts.
    /// </summary>
    internal static HistoryEntry? TryParse(ReadOnlyMemory<byte> line) => TryParse(() => JsonDocument.Parse(line));

    private static HistoryEntry? TryParse(Func<JsonDocument> parse)
    {
        try
        {
            using var document = parse();
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

    /// <summary>The entry as a line of JSON, without its end.</summary>
    public string ToLine() => JsonBuffer.ToText(writer =>
        WriteTo(writer, When, Last, Count, UserId, () => Report.WriteTo(writer)));

    /// <summary>What a line begins with, as <see cref="WriteTo"/> writes it: all that grows when it happens once more.
    /// </summary>
    internal static string Head(DateTimeOffset when, DateTimeOffset last, int count) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"schema\":{Schema},\"when\":\"{Time(when)}\",\"last\":\"{Time(last)}\",\"count\":{count},");

    /// <summary>Writes an entry.</summary>
    internal static void WriteTo(
        Utf8JsonWriter writer, DateTimeOffset when, DateTimeOffset last, int count, uint userId, Action writeReport)
    {
        writer.WriteStartObject();
        writer.WriteNumber("schema", Schema);
        writer.WriteString("when", Time(when));
        writer.WriteString("last", Time(last));
        writer.WriteNumber("count", count);
        writer.WriteNumber("user", userId);
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

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>One operation on one service as it is kept: a line of JSON. Several in a row that found nothing to do are
/// one entry.</summary>
public sealed record HistoryEntry
{
    /// <summary>Version of the form.</summary>
    public const int Schema = 1;

    /// <summary>The most bytes of one report in an entry.</summary>
    internal const int MostBytes = 64 << 10;

    // The longest text and the most items of a list. Each pair is tried until the report fits; with the last one it always does.
    private static readonly (int LongestText, int MostItems)[] Limits = [(2000, 100), (500, 50), (200, 20), (60, 5)];

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

    /// <summary>Version of the form that the entry was read in.</summary>
    internal int SchemaOfLine { get; init; } = Schema;

    /// <summary>Properties that another version wrote; null when there are none.</summary>
    internal IDictionary<string, JsonElement>? More { get; init; }

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

    /// <summary>Whether the operation failed; also true when it was rolled back.</summary>
    public bool HasFailed => Outcome is not ("unchanged" or "changed");

    /// <summary>Whether it found nothing to do.</summary>
    public bool IsNoOp => Outcome == "unchanged" && !Items("steps").MoveNext();

    /// <summary>Makes the entry of an operation that has just ended, without secrets, its report within <see cref="MostBytes"/>.
    /// </summary>
    internal static HistoryEntry Of(ServiceReport report, SecretText secrets, DateTimeOffset when, uint userId)
    {
        byte[] json = [];
        foreach (var (longestText, mostItems) in Limits)
        {
            var texts = new KeptTexts(secrets, longestText, mostItems);
            json = CoreJson.ToUtf8(JsonReport.From(report, texts), CoreJson.Default.JsonReport);
            if (json.Length <= MostBytes) break;
        }

        return new HistoryEntry { When = when, Last = when, Count = 1, UserId = userId, Report = JsonElement.Parse(json) };
    }

    /// <summary>Whether the entry repeats <paramref name="last"/>, the one before it: the same user ran the same verb, neither found
    /// anything to do, and the codes of the findings are the same.</summary>
    internal bool Repeats(HistoryEntry last) =>
        IsNoOp && last.IsNoOp && UserId == last.UserId && Verb == last.Verb && Codes.SequenceEqual(last.Codes);

    /// <summary>Parses a line; returns null for malformed input, never throws.</summary>
    public static HistoryEntry? TryParse(string line)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, CoreJson.Default.JsonHistoryLine) is not { } json) return null;
            var entry = new HistoryEntry
            {
                When = json.When,
                Last = json.Last,
                Count = json.Count,
                UserId = json.User,
                Report = json.Report,
                SchemaOfLine = json.Schema,
                More = json.More,
            };
            // Reads everything that is shown of an entry: an escaped half of a surrogate pair throws only when it is read.
            return entry.Count > 0 && entry.Verb.Length > 0 && entry.Outcome.Length > 0
                && !entry.Steps.IsDefault && !entry.Findings.IsDefault && entry.Milliseconds >= 0
                && entry.ToLine().Length > 0
                ? entry
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Returns the entry without what looks like a secret, and without text that a terminal or a CI agent would take for a
    /// command. Another version, with other rules, may have written it.</summary>
    public HistoryEntry Redacted()
    {
        var redacted = HiddenJson.Of(JsonNode.Parse(Report.GetRawText())!, SecretText.Unknowing);
        return this with { Report = JsonElement.Parse(redacted.ToJsonString()), More = null };
    }

    /// <summary>The entry as a line of JSON, without its end.</summary>
    public string ToLine() => CoreJson.ToText(
        new JsonHistoryLine
        {
            Schema = SchemaOfLine, When = When, Last = Last, Count = Count, User = UserId, Report = Report, More = More,
        },
        CoreJson.Default.JsonHistoryLine);

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

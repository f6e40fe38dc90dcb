using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Reporting.History;

namespace Hermes.Gateway.Core.Tests.Reporting.History;

/// <summary>Makes entries of histories. Times are minutes after noon.</summary>
internal static class Entries
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    public static HistoryEntry NoOp(int minute, string verb = "deploy", uint user = 1000, params string[] codes) =>
        Make(minute, verb, "unchanged", user, [], codes);

    public static HistoryEntry Changed(int minute, string verb = "deploy", int padding = 0) =>
        Make(minute, verb, "changed", 1000, ["write", "load", "start"], [], padding);

    public static HistoryEntry Failed(int minute, params string[] codes) =>
        Make(minute, "deploy", "failed", 1000, ["start"], codes);

    /// <summary>Formats each entry as verb, outcome and count: <c>deploy unchanged 3</c>.</summary>
    public static IEnumerable<string> Format(IEnumerable<HistoryEntry> entries) =>
        entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Verb} {entry.Outcome} {entry.Count}"));

    public static DateTimeOffset Minute(int minute) => Noon.AddMinutes(minute);

    private static HistoryEntry Make(
        int minute, string verb, string outcome, uint user, string[] steps, string[] codes, int padding = 0)
    {
        var report = new JsonObject
        {
            ["verb"] = verb,
            ["outcome"] = outcome,
            ["milliseconds"] = 1250.5,
            ["steps"] = new JsonArray([.. steps.Select(step => (JsonNode)new JsonObject { ["kind"] = step, ["status"] = "done" })]),
            ["findings"] = new JsonArray([.. codes.Select(code => (JsonNode)new JsonObject { ["code"] = code, ["message"] = "why" })]),
            ["log"] = new string('x', padding),
        };
        using var document = JsonDocument.Parse(report.ToJsonString());
        return new HistoryEntry
        {
            When = Minute(minute),
            Last = Minute(minute),
            Count = 1,
            UserId = user,
            Report = document.RootElement.Clone(),
        };
    }
}

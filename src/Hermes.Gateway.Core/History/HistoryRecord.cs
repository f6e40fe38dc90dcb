using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.History;

/// <summary>Makes a report fit to be kept: without secrets, and never so long that it pushes out many others.</summary>
internal static class HistoryRecord
{
    /// <summary>The most bytes of one record.</summary>
    public const int MostBytes = 64 << 10;

    // Nothing longer is looked at for secrets. Of what is kept in the end, both ends are from within.
    private const int LongestText = 16 << 10;

    // Words of ours and names, which a secret cannot stand in.
    private static readonly HashSet<string> Plain =
        ["service", "verb", "outcome", "manager", "scope", "kind", "status", "severity", "code", "layer", "key", "end"];

    // From generous to what fits whatever the texts are.
    private static readonly (int Text, int Items)[] Limits = [(2000, 100), (500, 50), (200, 20), (60, 5)];

    /// <summary>Makes the entry of one operation.</summary>
    public static HistoryEntry Of(ServiceReport report, SecretText secrets, DateTimeOffset when, uint userId)
    {
        var safe = Hide(ReportJson.ToNode(report), secrets);
        return new HistoryEntry { When = when, Last = when, Count = 1, UserId = userId, Report = Fit(safe) };
    }

    /// <summary>The same without secrets.</summary>
    public static JsonNode Hide(JsonNode node, SecretText secrets) =>
        Map(node, text => secrets.Hide(Shorten(text, LongestText)), list => list)!;

    private static JsonElement Fit(JsonNode node)
    {
        foreach (var (text, items) in Limits)
        {
            var shortened = Map(node, value => Shorten(value, text), list => Shorten(list, items))!.ToJsonString();
            // Other escapes than here are written in the end, and none is longer than these.
            if (Encoding.UTF8.GetByteCount(shortened) <= MostBytes || text == Limits[^1].Text) return Parse(shortened);
        }

        throw new InvalidOperationException("the last limits fit always");
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    // A copy: a node has one parent only.
    private static JsonNode? Map(
        JsonNode? node,
        Func<string, string> text,
        Func<IReadOnlyList<JsonNode?>, IEnumerable<JsonNode?>> list) => node switch
    {
        JsonObject pairs => new JsonObject(pairs.Select(pair => KeyValuePair.Create(
            pair.Key, Plain.Contains(pair.Key) ? pair.Value?.DeepClone() : Map(pair.Value, text, list)))),
        JsonArray items => new JsonArray([.. list([.. items]).Select(item => Map(item, text, list))]),
        JsonValue value when value.TryGetValue<string>(out var plain) => JsonValue.Create(text(plain)),
        _ => node?.DeepClone(),
    };

    private static string Shorten(string text, int limit)
    {
        var bounded = new BoundedText(limit);
        bounded.Append(text);
        return bounded.ToString();
    }

    // Both ends: how it began, and what it came to.
    private static IEnumerable<JsonNode?> Shorten(IReadOnlyList<JsonNode?> items, int limit) => items.Count <= limit
        ? items
        : [.. items.Take(limit / 2), .. items.TakeLast(limit - (limit / 2))];
}

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Shortens the texts and lists of a redacted report when it is converted to JSON.</summary>
/// <param name="maxText">The maximum number of characters of a text.</param>
/// <param name="maxItems">The maximum number of items of a list.</param>
internal sealed class ReportFilter(int maxText, int maxItems)
{
    /// <summary>Texts are shortened to this length before secrets are searched for.</summary>
    private const int MaxSearched = 16 << 10;

    // Their values are fixed words and names, which contain no secret.
    private static readonly HashSet<string> PropertiesWithoutSecrets =
        ["service", "verb", "outcome", "manager", "scope", "kind", "status", "severity", "code", "layer", "key", "end"];

    /// <summary>Keeps all texts and lists as they are.</summary>
    public static ReportFilter KeepAll { get; } = new(int.MaxValue, int.MaxValue);

    [return: NotNullIfNotNull(nameof(text))]
    public string? Of(string? text) => text is null ? text : Shorten(text, maxText);

    /// <summary>Converts the items of a list; of a long list only the first and the last ones.</summary>
    public TResult[] Convert<T, TResult>(ImmutableArray<T> items, Func<T, TResult> convert) =>
        [.. (items.Length <= maxItems ? items : items.RemoveRange(maxItems / 2, items.Length - maxItems)).Select(convert)];

    /// <summary>Returns a copy of a recorded report without secrets, which may not have been known when it was recorded, and without
    /// text that a terminal or a CI agent would take for a command.</summary>
    [return: NotNullIfNotNull(nameof(node))]
    public static JsonNode? Redact(JsonNode? node, SecretText secrets) => node switch
    {
        JsonObject properties => new JsonObject(properties.Select(property => KeyValuePair.Create(
            property.Key,
            PropertiesWithoutSecrets.Contains(property.Key) ? property.Value?.DeepClone() : Redact(property.Value, secrets)))),
        JsonArray items => new JsonArray([.. items.Select(item => Redact(item, secrets))]),
        JsonValue value when value.TryGetValue<string>(out var text) =>
            JsonValue.Create(HarmlessText.Of(secrets.Hide(Shorten(text, MaxSearched)))),
        _ => node?.DeepClone(),
    };

    private static string Shorten(string text, int limit)
    {
        if (text.Length <= limit) return text;
        var bounded = new BoundedText(limit);
        bounded.Append(text);
        return bounded.ToString();
    }
}

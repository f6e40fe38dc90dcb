using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>A report that is on record, without what has turned out to be a secret since.</summary>
internal static class HiddenJson
{
    // Words of ours and names, which a secret cannot stand in.
    private static readonly HashSet<string> Plain =
        ["service", "verb", "outcome", "manager", "scope", "kind", "status", "severity", "code", "layer", "key", "end"];

    /// <summary>A copy without secrets.</summary>
    public static JsonNode Of(JsonNode node, SecretText secrets) => Map(node, secrets)!;

    private static JsonNode? Map(JsonNode? node, SecretText secrets) => node switch
    {
        JsonObject pairs => new JsonObject(pairs.Select(pair => KeyValuePair.Create(
            pair.Key, Plain.Contains(pair.Key) ? pair.Value?.DeepClone() : Map(pair.Value, secrets)))),
        JsonArray items => new JsonArray([.. items.Select(item => Map(item, secrets))]),
        JsonValue value when value.TryGetValue<string>(out var text) =>
            JsonValue.Create(HarmlessText.Of(secrets.Hide(KeptTexts.Shorten(text, KeptTexts.LongestText)))),
        _ => node?.DeepClone(),
    };
}

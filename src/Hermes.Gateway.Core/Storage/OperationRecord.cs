using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Storage;

/// <summary>That an operation is under way: on disk from before its first change until its end. One that is found when no
/// operation holds the lock was cut short (killed, or the machine went down).</summary>
/// <param name="Verb">The operation.</param>
/// <param name="Began">When it began.</param>
/// <param name="ProcessId">The process that ran it.</param>
/// <param name="LastGood">What the service was before, if it was worth going back to.</param>
public sealed record OperationRecord(string Verb, DateTimeOffset Began, int ProcessId, GoodState? LastGood)
{
    /// <summary>As text, for <see cref="TryParse"/>.</summary>
    public string ToJson() => JsonBuffer.ToText(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("verb", Verb);
        writer.WriteString("began", Began.ToString("O", CultureInfo.InvariantCulture));
        writer.WriteNumber("processId", ProcessId);
        if (LastGood is { } good) Write(writer, good);
        writer.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter writer, GoodState good)
    {
        writer.WriteStartObject("lastGood");
        writer.WriteString("path", good.Path);
        writer.WriteString("text", good.Text);
        writer.WriteString("stamp", good.Stamp?.ToString());
        writer.WriteString("invocation", good.Invocation);
        writer.WriteBoolean("wasEnabled", good.WasEnabled);
        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote; null for anything else.</summary>
    public static OperationRecord? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject json
                && Text(json, "verb") is { } verb
                && DateTimeOffset.TryParse(Text(json, "began"), CultureInfo.InvariantCulture, out var began)
                && json["processId"] is JsonValue id && id.TryGetValue<int>(out var process)
                    ? new OperationRecord(verb, began, process, json["lastGood"] is JsonObject good ? ReadGood(good) : null)
                    : null;
        }
        catch (JsonException)
        {
            // Written by hand, or cut by a full disk: no record.
            return null;
        }
    }

    private static GoodState? ReadGood(JsonObject json) =>
        Text(json, "path") is { } path && Text(json, "text") is { } text
            ? new GoodState(
                path, text, Stamp.TryParse(Text(json, "stamp")), Text(json, "invocation"),
                json["wasEnabled"] is JsonValue enabled && enabled.TryGetValue<bool>(out var was) && was)
            : null;

    private static string? Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

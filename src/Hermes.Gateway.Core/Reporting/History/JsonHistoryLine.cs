using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>The form of a <see cref="HistoryEntry"/>: one line of a history file.</summary>
internal sealed record JsonHistoryLine
{
    /// <summary>Version of the form that the line was written in.</summary>
    public int Schema { get; init; } = HistoryEntry.Schema;

    /// <summary>When the operation began; of several, the first.</summary>
    [JsonConverter(typeof(HistoryMomentConverter))]
    public required DateTimeOffset When { get; init; }

    /// <summary>When the last of them began.</summary>
    [JsonConverter(typeof(HistoryMomentConverter))]
    public required DateTimeOffset Last { get; init; }

    /// <summary>How many operations the entry stands for.</summary>
    public required int Count { get; init; }

    /// <summary>The user id of the caller.</summary>
    public required uint User { get; init; }

    /// <summary>The report, as <see cref="Reporting.JsonReport"/> or as another version wrote it.</summary>
    public required JsonElement Report { get; init; }

    /// <summary>Properties that another version wrote; null when there are none. Kept when a file is rewritten.</summary>
    /// <remarks>Not init-only: generated code binds such properties like constructor parameters, which extension data cannot be.
    /// </remarks>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? More { get; set; }
}

/// <summary>Writes moments as <see cref="HistoryEntry.Time"/> does, and reads any moment in ISO 8601.</summary>
internal sealed class HistoryMomentConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetDateTimeOffset(out var moment) ? moment : throw new JsonException("not a moment");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(HistoryEntry.Time(value));
}

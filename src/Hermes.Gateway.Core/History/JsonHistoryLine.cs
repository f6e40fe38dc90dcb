using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hermes.Gateway.Core.History;

/// <summary>The form of a <see cref="HistoryEntry"/>: one line of a history file.</summary>
/// <param name="Schema">Version of the form.</param>
/// <param name="When">When the operation began; of several, the first.</param>
/// <param name="Last">When the last of them began.</param>
/// <param name="Count">How many operations the entry stands for.</param>
/// <param name="User">The user id of the caller.</param>
/// <param name="Report">The report, as <see cref="Reporting.JsonReport"/> or as another version wrote it.</param>
internal sealed record JsonHistoryLine(
    int Schema,
    [property: JsonConverter(typeof(HistoryMomentConverter))] DateTimeOffset When,
    [property: JsonConverter(typeof(HistoryMomentConverter))] DateTimeOffset Last,
    int Count,
    uint User,
    JsonElement Report);

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

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>The JSON that this library writes and reads, with serialization code that is generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JsonReport))]
[JsonSerializable(typeof(JsonReportDocument))]
[JsonSerializable(typeof(HistoryEntry))]
[JsonSerializable(typeof(JsonOperation))]
[JsonSerializable(typeof(JsonGoodState))]
internal sealed partial class CoreJson : JsonSerializerContext
{
    /// <summary>Serializes a value to UTF-8. Letters outside ASCII stay readable (up to U+FFFF): the encoder escapes quotes,
    /// backslashes and control characters, but not what HTML or a script would need escaped.</summary>
    public static byte[] ToUtf8<T>(T value, JsonTypeInfo<T> type, bool isIndented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = isIndented };
        // The encoder is set on the writer: a serializer that is given a writer ignores the encoder of its own options.
        using (var writer = new Utf8JsonWriter(buffer, options)) JsonSerializer.Serialize(writer, value, type);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Serializes a value to text, as <see cref="ToUtf8"/> does.</summary>
    public static string ToText<T>(T value, JsonTypeInfo<T> type, bool isIndented = false) =>
        Encoding.UTF8.GetString(ToUtf8(value, type, isIndented));
}

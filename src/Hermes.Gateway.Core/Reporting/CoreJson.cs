using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Releases;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>The JSON that this library writes and reads, with serialization code that is generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JsonReport), GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(JsonReportDocument), GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(JsonOperation))]
[JsonSerializable(typeof(JsonRestorableState))]
[JsonSerializable(typeof(ReleaseManifest))]
[JsonSerializable(typeof(ReleaseRecord))]
[JsonSerializable(typeof(ReleaseSettings))]
internal sealed partial class CoreJson : JsonSerializerContext
{
    // Of the report of a service without problems; a buffer that grows is copied several times.
    private const int UsualLength = 8 << 10;

    /// <summary>Serializes a value to UTF-8. Letters outside ASCII stay readable (up to U+FFFF): the encoder escapes quotes,
    /// backslashes and control characters, but not what HTML or a script would need escaped.</summary>
    public static byte[] ToUtf8<T>(T value, JsonTypeInfo<T> type, bool isIndented = false) =>
        Write(value, type, isIndented).ToArray();

    /// <summary>Serializes a value to text, as <see cref="ToUtf8{T}"/> does.</summary>
    public static string ToText<T>(T value, JsonTypeInfo<T> type, bool isIndented = false) =>
        Encoding.UTF8.GetString(Write(value, type, isIndented));

    /// <summary>Returns the text that <paramref name="write"/> writes, with the same encoding as <see cref="ToUtf8{T}"/>.</summary>
    public static string ToText(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(Write(write, isIndented: false));

    private static ReadOnlySpan<byte> Write<T>(T value, JsonTypeInfo<T> type, bool isIndented) => Write(
        writer =>
        {
            // The generated handler needs no metadata of the properties. JsonSerializer would make them, and their generic types over
            // value types are compiled at run time.
            if (type.SerializeHandler is { } write) write(writer, value);
            else JsonSerializer.Serialize(writer, value, type);
        },
        isIndented);

    private static ReadOnlySpan<byte> Write(Action<Utf8JsonWriter> write, bool isIndented)
    {
        var buffer = new ArrayBufferWriter<byte>(UsualLength);
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = isIndented };
        // The encoder is set on the writer: a serializer that is given a writer ignores the encoder of its own options.
        using (var writer = new Utf8JsonWriter(buffer, options)) write(writer);
        return buffer.WrittenSpan;
    }
}

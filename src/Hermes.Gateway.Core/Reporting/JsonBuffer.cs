using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Writes JSON by way of a buffer that each thread uses again: of a thousand services there are thousands of
/// reports and records, each of a few thousand bytes.</summary>
internal static class JsonBuffer
{
    private const int UsualBytes = 4096;

    // More than that is not to stay for good.
    private const int MostKept = 32 << 10;

    /// <summary>How texts are written.</summary>
    public static JavaScriptEncoder Encoder { get; } = new ReadableEncoder();

    private static readonly JsonWriterOptions Options = new() { Encoder = Encoder };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _free;

    /// <summary>What is written, as text.</summary>
    public static string ToText(Action<Utf8JsonWriter> write, bool isIndented = false)
    {
        var buffer = Take();
        Write(buffer, write, isIndented);
        var text = Encoding.UTF8.GetString(buffer.WrittenSpan);
        GiveBack(buffer);
        return text;
    }

    /// <summary>What is written, as UTF-8, with something behind it.</summary>
    public static byte[] ToBytes(Action<Utf8JsonWriter> write, string end = "")
    {
        var buffer = Take();
        Write(buffer, write, isIndented: false);
        Encoding.UTF8.GetBytes(end, buffer);
        var bytes = buffer.WrittenSpan.ToArray();
        GiveBack(buffer);
        return bytes;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, Action<Utf8JsonWriter> write, bool isIndented)
    {
        using var writer = new Utf8JsonWriter(buffer, Options with { Indented = isIndented });
        write(writer);
    }

    // What is written may itself be made of what is written so. One that an exception kept from coming back is not
    // missed.
    private static ArrayBufferWriter<byte> Take()
    {
        var buffer = _free ?? new ArrayBufferWriter<byte>(UsualBytes);
        _free = null;
        return buffer;
    }

    private static void GiveBack(ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        if (buffer.Capacity <= MostKept) _free = buffer;
    }
}

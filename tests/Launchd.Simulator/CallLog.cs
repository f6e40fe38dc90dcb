using System.Text.Encodings.Web;
using System.Text.Json;

namespace Launchd.Simulator;

/// <summary>Writes every call, when it ends, as a line of <c>calls.jsonl</c>.</summary>
internal sealed class CallLog(string state)
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _gate = new();

    public void Add(IReadOnlyList<string> arguments, Answer answer)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Readable))
        {
            json.WriteStartObject();
            json.WriteString("verb", arguments.Count > 0 ? arguments[0] : "");
            json.WriteStartArray("args");
            foreach (var argument in arguments.Skip(1)) json.WriteStringValue(argument);
            json.WriteEndArray();
            json.WriteNumber("exit", answer.Exit);
            json.WriteString("stdout", answer.Out);
            json.WriteString("stderr", answer.Error);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        lock (_gate)
            try
            {
                using var file = new FileStream(
                    Path.Combine(state, "calls.jsonl"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite,
                    bufferSize: 0);
                file.Write(line.GetBuffer().AsSpan(0, (int)line.Length));
            }
            catch (DirectoryNotFoundException)
            {
                // The state folder was deleted: this launchd is about to end.
            }
    }
}

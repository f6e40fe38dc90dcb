using System.Text;

namespace Hermes.Gateway.Core.Processes;

/// <summary>
/// Reads the output of a process at full speed whatever becomes of the text, so that the process never waits for us.
/// Bytes that are no UTF-8 become U+FFFD.
/// </summary>
internal static class BoundedTextReader
{
    private const int BufferBytes = 16 * 1024;

    /// <summary>
    /// Reads <paramref name="stream"/> to its end, or until <paramref name="abandon"/> is cancelled, and returns what
    /// it read; neither is a failure.
    /// </summary>
    /// <param name="stream">The stream to read; the caller disposes it, after this has completed.</param>
    /// <param name="limit">Characters kept, see <see cref="BoundedText"/>.</param>
    /// <param name="abandon">Ends the reading early.</param>
    public static Task<BoundedText> ReadToEndAsync(Stream stream, int limit, CancellationToken abandon) =>
        // Task.Run, because reads from a fast writer all complete at once: they would never give the caller back.
        Task.Run(() => ReadAsync(stream, limit, abandon), CancellationToken.None);

    private static async Task<BoundedText> ReadAsync(Stream stream, int limit, CancellationToken abandon)
    {
        var text = new BoundedText(limit);
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[BufferBytes];
        var characters = new char[Encoding.UTF8.GetMaxCharCount(BufferBytes)];
        int read;

        while ((read = await ReadSomeAsync(stream, bytes, abandon)) > 0)
            text.Append(characters.AsSpan(0, decoder.GetChars(bytes.AsSpan(0, read), characters, flush: false)));

        text.Append(characters.AsSpan(0, decoder.GetChars([], characters, flush: true)));
        return text;
    }

    private static async Task<int> ReadSomeAsync(Stream stream, byte[] buffer, CancellationToken abandon)
    {
        try
        {
            return await stream.ReadAsync(buffer, abandon);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // A pipe that cannot be read any more has ended as far as evidence goes.
            return 0;
        }
    }
}

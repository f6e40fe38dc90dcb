namespace Hermes.Gateway.Core.Processes;

/// <summary>
/// Reads the output of a process at full speed whatever becomes of the text, so that the process never waits for us.
/// Bytes that are no UTF-8 become U+FFFD.
/// </summary>
internal static class BoundedTextReader
{
    private const int BufferBytes = 16 * 1024;

    // What a pipe holds at most, unless root has made it larger (pipe(7)).
    private const int MostInAPipe = 1 << 20;
    private static readonly TimeSpan AbandonedWithin = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads a stream to its end, or until <paramref name="abandon"/> is cancelled; neither is a failure. What is in
    /// the pipe by then is read in any case: the command's own last words, however late anybody comes to read them.</summary>
    /// <param name="stream">The stream to read; the caller disposes it, after this has completed.</param>
    /// <param name="limit">Characters kept, see <see cref="BoundedText"/>.</param>
    /// <param name="abandon">Ends the reading early.</param>
    /// <param name="receiver">Takes what is read instead of it being kept, in the thread that reads.</param>
    public static Task<BoundedText> ReadToEndAsync(
        Stream stream, int limit, CancellationToken abandon, OutputReceiver? receiver = null) =>
        // Not in the caller's thread, because reads from a fast writer all complete at once: they would never give it back.
        Task.Run(() => ReadAsync(stream, new BoundedUtf8(limit, receiver), abandon), CancellationToken.None);

    private static async Task<BoundedText> ReadAsync(Stream stream, BoundedUtf8 text, CancellationToken abandon)
    {
        var bytes = new byte[BufferBytes];
        int read;
        while ((read = await ReadSomeAsync(stream, bytes, abandon)) > 0)
            text.Append(bytes.AsSpan(0, read));
        for (var left = abandon.IsCancellationRequested ? MostInAPipe : 0; left > 0; left -= bytes.Length)
        {
            using var moment = new CancellationTokenSource(AbandonedWithin);
            if ((read = await ReadSomeAsync(stream, bytes, moment.Token)) == 0) break;
            text.Append(bytes.AsSpan(0, read));
        }

        return text.ToEnd();
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

using System.IO.Pipes;

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

    /// <summary>Reads both streams of a command to their ends, or until <paramref name="abandon"/> is cancelled; neither is
    /// a failure. What is in a pipe by then is read in any case: the command's own last words, however late anybody comes
    /// to read them.</summary>
    /// <param name="output">Its standard output; the caller disposes it, after this has completed.</param>
    /// <param name="error">Its standard error, likewise.</param>
    /// <param name="request">How much is kept, and who takes the output instead.</param>
    /// <param name="abandon">Ends the reading early.</param>
    /// <returns>What was read, in that order.</returns>
    public static Task<BoundedText[]> ReadToEndAsync(
        Stream output, Stream error, CommandRequest request, CancellationToken abandon)
    {
        var limit = request.MaxOutputCharacters;
        // Not in the caller's thread, because reads from a fast writer all complete at once: they would never give it back.
        return output is PipeStream outputPipe && error is PipeStream errorPipe
            ? Task.Factory.StartNew(
                () => ReadPipes(
                    outputPipe, new BoundedUtf8(limit, request.Output), errorPipe, new BoundedUtf8(limit), abandon),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : Task.WhenAll(ReadToEndAsync(output, limit, abandon, request.Output), ReadToEndAsync(error, limit, abandon));
    }

    /// <summary>Reads one stream, likewise.</summary>
    /// <param name="stream">The stream to read; the caller disposes it, after this has completed.</param>
    /// <param name="limit">Characters kept, see <see cref="BoundedText"/>.</param>
    /// <param name="abandon">Ends the reading early.</param>
    /// <param name="receiver">Takes what is read instead of it being kept, in the thread that reads.</param>
    public static Task<BoundedText> ReadToEndAsync(
        Stream stream, int limit, CancellationToken abandon, OutputReceiver? receiver = null) =>
        Task.Run(() => ReadAsync(stream, new BoundedUtf8(limit, receiver), abandon), CancellationToken.None);

    private static BoundedText[] ReadPipes(
        PipeStream output, BoundedUtf8 outputText, PipeStream error, BoundedUtf8 errorText, CancellationToken abandon)
    {
        using var pipes = new PosixPipes(output.SafePipeHandle, error.SafePipeHandle);
        var bytes = new byte[BufferBytes];
        while (!pipes.HaveEnded && !abandon.IsCancellationRequested)
        {
            pipes.Wait(AbandonedWithin);
            ReadBoth();
        }

        // No more than that: others who hold them may go on for ever.
        for (var read = 0; read < MostInAPipe && pipes.Wait(TimeSpan.Zero); read += bytes.Length) ReadBoth();
        return [outputText.ToEnd(), errorText.ToEnd()];

        void ReadBoth()
        {
            outputText.Append(bytes.AsSpan(0, pipes.Read(0, bytes)));
            errorText.Append(bytes.AsSpan(0, pipes.Read(1, bytes)));
        }
    }

    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
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

    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
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

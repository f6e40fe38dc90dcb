using CliWrap;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Receives an output stream of a command from CliWrap and keeps a bounded part of it. Reads all of it as fast as it
/// comes, so that the command never blocks on a full pipe. Bytes that are not valid UTF-8 become U+FFFD.</summary>
/// <param name="limit">Characters kept, see <see cref="BoundedText"/>.</param>
/// <param name="abandon">Ends the reading before the end of the stream, which another process that inherited the pipe can delay.
/// The content of the pipe at the cancellation is still read.</param>
/// <param name="receiver">Receives the text while it is read, on the reading thread; then none is kept.</param>
internal sealed class BoundedPipeTarget(int limit, CancellationToken abandon, OutputReceiver? receiver = null) : PipeTarget
{
    private const int BufferBytes = 16 * 1024;

    // The capacity of a pipe, unless root has raised it (pipe(7)).
    private const int PipeCapacity = 1 << 20;
    private static readonly TimeSpan AbandonedWithin = TimeSpan.FromMilliseconds(50);

    private readonly TaskCompletionSource<BoundedText> _text = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The text, complete when the stream has ended or <c>abandon</c> was cancelled. Fails if the reading did.</summary>
    public Task<BoundedText> Text => _text.Task;

    // CliWrap cancels the token when it kills the command; what the command wrote before that is still read, for the report.
    public override Task CopyFromAsync(Stream source, CancellationToken cancellationToken = default) =>
        // Not on the caller's thread: if a command never stops writing, all reads complete synchronously, without an end.
        Task.Run(() => ReadAsync(source), CancellationToken.None);

    private async Task ReadAsync(Stream source)
    {
        var reading = ReadTextAsync(source);
        await Task.WhenAny(reading);
        // An exception too: the wait for Text would otherwise never end.
        _text.SetFromTask(reading);
        await reading;
    }

    private async Task<BoundedText> ReadTextAsync(Stream source)
    {
        var text = new BoundedText(limit, receiver);
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[BufferBytes];
        var characters = new char[Encoding.UTF8.GetMaxCharCount(BufferBytes)];
        var unread = PipeCapacity;
        while (unread > 0)
        {
            using var lastReads = abandon.IsCancellationRequested ? new CancellationTokenSource() : null;
            if (lastReads is not null) unread -= bytes.Length;
            try
            {
                var reading = source.ReadAsync(bytes, lastReads?.Token ?? abandon);
                // The read completes at once when the pipe holds data, so the time limit starts only when it does not: on a busy
                // machine a limit that starts before the read could pass first, and the data would be lost.
                if (!reading.IsCompleted) lastReads?.CancelAfter(AbandonedWithin);
                var read = await reading;
                if (read == 0) break;
                Append(bytes.AsSpan(0, read), isEnd: false);
            }
            catch (OperationCanceledException) when (lastReads is null && abandon.IsCancellationRequested)
            {
                // The next reads take what the pipe holds.
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // The pipe is empty or cannot be read.
                break;
            }
        }

        Append([], isEnd: true);
        return text;

        // A character can be cut between two reads.
        void Append(ReadOnlySpan<byte> piece, bool isEnd) =>
            text.Append(characters.AsSpan(0, decoder.GetChars(piece, characters, isEnd)));
    }
}

using CliWrap;

namespace Hermes.Gateway.Core.Processes;

/// <summary>
/// Receives standard output or standard error of a command from CliWrap and keeps a bounded part of it. All of it is read as fast
/// as it comes, so that the command never blocks on a full pipe. Bytes that are not valid UTF-8 become U+FFFD.
/// </summary>
/// <param name="limit">Characters kept, see <see cref="BoundedText"/>.</param>
/// <param name="abandon">Ends the reading before the end of the stream, which another process that inherited the pipe can put off.
/// What the pipe holds when this is cancelled is still read.</param>
/// <param name="receiver">Receives the text while it is read, on the reading thread; then none is kept.</param>
internal sealed class BoundedPipeTarget(int limit, CancellationToken abandon, OutputReceiver? receiver = null) : PipeTarget
{
    private const int BufferBytes = 16 * 1024;

    // What a pipe holds at most, unless root has made it larger (pipe(7)).
    private const int MostInAPipe = 1 << 20;
    private static readonly TimeSpan AbandonedWithin = TimeSpan.FromMilliseconds(50);

    private readonly TaskCompletionSource<BoundedText> _text = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The text, complete when the stream has ended or <c>abandon</c> was cancelled. It fails only when the reading
    /// itself threw something unexpected.</summary>
    public Task<BoundedText> Text => _text.Task;

    /// <inheritdoc/>
    /// <remarks>CliWrap cancels the token when it kills the command. The reading goes on, because the report shows what the
    /// command wrote before it was killed.</remarks>
    public override Task CopyFromAsync(Stream source, CancellationToken cancellationToken = default) =>
        // Not on the caller's thread: reads from a command that never stops writing all complete synchronously, and this method
        // would not return.
        Task.Run(() => ReadAsync(source), CancellationToken.None);

    private async Task ReadAsync(Stream source)
    {
        try
        {
            _text.SetResult(await ReadTextAsync(source));
        }
#pragma warning disable CA1031 // Rethrown, and given to whoever awaits Text, whose wait would otherwise never end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _text.SetException(exception);
            throw;
        }
    }

    private async Task<BoundedText> ReadTextAsync(Stream source)
    {
        var text = new BoundedUtf8(limit, receiver);
        var bytes = new byte[BufferBytes];
        var left = MostInAPipe;
        while (left > 0)
        {
            using var last = abandon.IsCancellationRequested ? new CancellationTokenSource() : null;
            if (last is not null) left -= bytes.Length;
            try
            {
                var reading = source.ReadAsync(bytes, last?.Token ?? abandon);
                // The read completes at once when the pipe holds data, so the time limit starts only when it does not: on a busy
                // machine a limit that starts before the read could pass first, and the data would be lost.
                if (!reading.IsCompleted) last?.CancelAfter(AbandonedWithin);
                var read = await reading;
                if (read == 0) break;
                text.Append(bytes.AsSpan(0, read));
            }
            catch (OperationCanceledException) when (last is null && abandon.IsCancellationRequested)
            {
                // The next reads take what the pipe holds.
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // The pipe is empty or cannot be read; what was read so far is the text.
                break;
            }
        }

        return text.ToEnd();
    }
}

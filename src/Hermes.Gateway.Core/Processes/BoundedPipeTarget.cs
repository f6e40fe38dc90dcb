using CliWrap;

namespace Hermes.Gateway.Core.Processes;

/// <summary>
/// Where CliWrap puts one of a command's two outputs: read at full speed whatever becomes of the text, so that the command never
/// waits for us, and kept within a bound. Bytes that are no UTF-8 become U+FFFD.
/// </summary>
/// <param name="limit">Characters kept, see <see cref="BoundedText"/>.</param>
/// <param name="abandon">Ends the reading early. What is in the pipe by then is read in any case: the command's own last words,
/// however late anybody comes to read them.</param>
/// <param name="receiver">Takes what is read instead of it being kept, in the thread that reads.</param>
internal sealed class BoundedPipeTarget(int limit, CancellationToken abandon, OutputReceiver? receiver = null) : PipeTarget
{
    private const int BufferBytes = 16 * 1024;

    // What a pipe holds at most, unless root has made it larger (pipe(7)).
    private const int MostInAPipe = 1 << 20;
    private static readonly TimeSpan AbandonedWithin = TimeSpan.FromMilliseconds(50);

    private readonly TaskCompletionSource<BoundedText> _text = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was read, once it is all or <c>abandon</c> is cancelled. Neither is a failure.</summary>
    public Task<BoundedText> Text => _text.Task;

    /// <inheritdoc/>
    /// <remarks>CliWrap's token, for the kill, does not end the reading: what the command has written until then is evidence.
    /// </remarks>
    public override Task CopyFromAsync(Stream source, CancellationToken cancellationToken = default) =>
        // Not in the caller's thread, because reads from a fast writer all complete at once: they would never give it back.
        Task.Run(() => ReadAsync(source), CancellationToken.None);

    private async Task ReadAsync(Stream source)
    {
        try
        {
            _text.SetResult(await ReadTextAsync(source));
        }
        catch (Exception exception)
        {
            // Otherwise whoever waits for the text would wait for ever.
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
                // What is in the pipe is read at once, however slow the machine is; only more of it is waited for, and briefly.
                if (!reading.IsCompleted) last?.CancelAfter(AbandonedWithin);
                var read = await reading;
                if (read == 0) break;
                text.Append(bytes.AsSpan(0, read));
            }
            catch (OperationCanceledException) when (last is null)
            {
                // Abandoned; what is there is read once more.
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // A pipe that cannot be read any more has ended as far as evidence goes.
                break;
            }
        }

        return text.ToEnd();
    }
}

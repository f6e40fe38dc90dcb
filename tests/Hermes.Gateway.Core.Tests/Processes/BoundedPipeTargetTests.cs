using System.IO.Pipes;
using System.Text;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed class BoundedPipeTargetTests
{
    [Fact]
    public async Task Characters_survive_a_stream_that_gives_one_byte_at_a_time()
    {
        const string Text = "aé€𝄞z";
        using var stream = new Trickle([.. "aé€𝄞z"u8]);

        var read = await ReadAsync(stream, 100, TestContext.Current.CancellationToken);

        Assert.Equal(Text, read.ToString());
    }

    [Fact]
    public async Task A_stream_that_fails_has_ended()
    {
        using var stream = new Trickle([.. "abc"u8], new IOException("broken"));

        var read = await ReadAsync(stream, 100, TestContext.Current.CancellationToken);

        Assert.Equal("abc", read.ToString());
    }

    [Fact]
    public async Task A_stream_that_always_has_more_does_not_hold_up_the_caller()
    {
        using var stream = new Endless();
        using var abandon = new CancellationTokenSource();

        await Task.Run(ReadAndAbandonAsync, TestContext.Current.CancellationToken).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);

        async Task ReadAndAbandonAsync()
        {
            var read = ReadAsync(stream, 100, abandon.Token);
            await abandon.CancelAsync();
            await read;
        }
    }

    [Fact]
    public async Task What_is_in_the_pipe_is_read_by_whoever_comes_too_late_to_wait_for_its_end()
    {
        using var output = new Pipe();
        // More than one read takes, and all that a pipe has room for.
        var words = new string('x', 60_000);
        output.Start.Write(Encoding.UTF8.GetBytes(words));

        var read = await ReadAsync(output.End, words.Length, new CancellationToken(canceled: true));

        Assert.Equal(words, read.ToString());
    }

    [Fact]
    public async Task Who_writes_for_ever_is_not_read_for_ever()
    {
        using var output = new Pipe();
        var writing = Task.Run(() =>
        {
            try
            {
                while (true) output.Start.Write(new byte[4096]);
            }
            catch (IOException)
            {
                // Nobody reads any more.
            }
        }, TestContext.Current.CancellationToken);

        await ReadAsync(output.End, 100, new CancellationToken(canceled: true));

        output.End.Dispose();
        await writing.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Data_in_the_pipe_is_read_even_when_the_thread_stalls_before_the_read()
    {
        using var stream = new Stalled([.. "last words"u8]);

        var read = await ReadAsync(stream, 100, new CancellationToken(canceled: true));

        Assert.Equal("last words", read.ToString());
    }

    [Fact]
    public async Task A_defect_in_the_reading_is_thrown_to_whoever_waits_for_the_text()
    {
        using var stream = new Broken();
        var target = new BoundedPipeTarget(100, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<NotSupportedException>(() => target.CopyFromAsync(stream, TestContext.Current.CancellationToken));

        await Assert.ThrowsAsync<NotSupportedException>(() => target.Text.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
    }

    private static async Task<BoundedText> ReadAsync(Stream stream, int limit, CancellationToken abandon)
    {
        var target = new BoundedPipeTarget(limit, abandon);
        await target.CopyFromAsync(stream, TestContext.Current.CancellationToken).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);
        return await target.Text;
    }

    private sealed class Pipe : IDisposable
    {
        public Pipe() => End = new AnonymousPipeClientStream(PipeDirection.In, Start.ClientSafePipeHandle);

        public AnonymousPipeServerStream Start { get; } = new(PipeDirection.Out);

        public AnonymousPipeClientStream End { get; }

        public void Dispose()
        {
            End.Dispose();
            Start.Dispose();
        }
    }

    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested
                ? ValueTask.FromCanceled<int>(cancellationToken)
                : ValueTask.FromResult(buffer.Length);
    }

    /// <summary>Holds its data, but the thread that reads it stalls first, until the read is cancelled or for two seconds, far
    /// longer than a read of an abandoned pipe may wait.</summary>
    private sealed class Stalled(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == 0) cancellationToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(2));
            return base.ReadAsync(buffer, cancellationToken);
        }
    }

    private sealed class Broken : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException<int>(new NotSupportedException());
    }

    private sealed class Trickle(byte[] bytes, IOException? end = null) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == Length && end is not null
                ? ValueTask.FromException<int>(end)
                : base.ReadAsync(buffer[..1], cancellationToken);
    }
}

using System.IO.Pipes;
using System.Text;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed class CommandOutputPipe
{
    [Fact]
    public async Task Decodes_characters_that_arrive_byte_by_byte()
    {
        const string Text = "aé€𝄞z";
        using var stream = new Trickle([.. "aé€𝄞z"u8]);

        var read = await ReadAsync(stream, 100, TestContext.Current.CancellationToken);

        Assert.Equal(Text, read.ToString());
    }

    [Fact]
    public async Task Ends_when_the_stream_fails()
    {
        using var stream = new Trickle([.. "abc"u8], new IOException("broken"));

        var read = await ReadAsync(stream, 100, TestContext.Current.CancellationToken);

        Assert.Equal("abc", read.ToString());
    }

    [Fact]
    public async Task Does_not_block_the_caller_for_an_endless_stream()
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
    public async Task Is_read_up_to_its_present_content_when_it_is_abandoned()
    {
        using var output = new Pipe();
        // More than one read takes, nearly the capacity of a pipe.
        var words = new string('x', 60_000);
        output.Start.Write(Encoding.UTF8.GetBytes(words));

        var read = await ReadAsync(output.End, words.Length, new CancellationToken(canceled: true));

        Assert.Equal(words, read.ToString());
    }

    [Fact]
    public async Task Is_not_read_for_ever_when_the_writer_never_stops()
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
                // The reading end is closed.
            }
        }, TestContext.Current.CancellationToken);

        await ReadAsync(output.End, 100, new CancellationToken(canceled: true));

        output.End.Dispose();
        await writing.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Is_read_even_when_the_thread_stalls_before_the_read()
    {
        using var stream = new Stalled([.. "last words"u8]);

        var read = await ReadAsync(stream, 100, new CancellationToken(canceled: true));

        Assert.Equal("last words", read.ToString());
    }

    [Fact]
    public async Task Throws_unexpected_exceptions_of_the_stream_to_the_waiter()
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

    /// <summary>Stalls the reading thread before the data: until the read is cancelled or for two seconds, far longer than a read of an
    /// abandoned pipe may wait.</summary>
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

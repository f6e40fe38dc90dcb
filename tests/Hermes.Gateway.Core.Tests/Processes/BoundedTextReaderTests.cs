using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed class BoundedTextReaderTests
{
    [Fact]
    public async Task Characters_survive_a_stream_that_gives_one_byte_at_a_time()
    {
        const string Text = "aé€𝄞z";
        using var stream = new Trickle([.. "aé€𝄞z"u8]);

        var read = await BoundedTextReader.ReadToEndAsync(stream, 100, CancellationToken.None).WaitAsync(Bounds.Test);

        Assert.Equal(Text, read.ToString());
    }

    [Fact]
    public async Task A_stream_that_fails_has_ended()
    {
        using var stream = new Trickle([.. "abc"u8], new IOException("broken"));

        var read = await BoundedTextReader.ReadToEndAsync(stream, 100, CancellationToken.None).WaitAsync(Bounds.Test);

        Assert.Equal("abc", read.ToString());
    }

    [Fact]
    public async Task A_stream_that_always_has_more_does_not_hold_up_the_caller()
    {
        using var stream = new Endless();
        using var abandon = new CancellationTokenSource();

        await Task.Run(ReadAndAbandonAsync).WaitAsync(Bounds.Test);

        async Task ReadAndAbandonAsync()
        {
            var read = BoundedTextReader.ReadToEndAsync(stream, 100, abandon.Token);
            await abandon.CancelAsync();
            await read;
        }
    }

    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested
                ? ValueTask.FromCanceled<int>(cancellationToken)
                : ValueTask.FromResult(buffer.Length);
    }

    private sealed class Trickle(byte[] bytes, IOException? end = null) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == Length && end is not null
                ? ValueTask.FromException<int>(end)
                : base.ReadAsync(buffer[..1], cancellationToken);
    }
}

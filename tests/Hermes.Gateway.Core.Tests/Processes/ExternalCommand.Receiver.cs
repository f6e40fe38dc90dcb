using System.Text;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed partial class ExternalCommand
{
    [Fact]
    public void Passes_its_whole_output_to_a_receiver_and_keeps_none()
    {
        var received = new StringBuilder();

        var result = Run(Dummy.Shell("echo one; echo two; echo err >&2") with { Output = piece => received.Append(piece) });

        Assert.True(result.Succeeded);
        Assert.Equal("one\ntwo\n", received.ToString());
        Assert.Equal(("", "err\n"), (result.StandardOutput, result.StandardError));
        Assert.False(result.OutputTruncated);
    }

    [Fact]
    public async Task Passes_output_to_a_receiver_while_it_runs()
    {
        using var folder = new TemporaryFolder();
        var gate = folder.At("gate");
        var received = new StringBuilder();
        var saw = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = Dummy.Shell("mkfifo \"$1\"; echo before; read line < \"$1\"; echo after", gate) with
        {
            Output = piece =>
            {
                received.Append(piece);
                saw.TrySetResult();
            },
        };

        var run = Bounds.Begin(() => Run(request));
        await saw.Task.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);
        Assert.Equal("before\n", received.ToString());
        Assert.False(run.IsCompleted);
        await File.WriteAllTextAsync(gate, "\n", TestContext.Current.CancellationToken).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);
        await run;

        Assert.Equal("before\nafter\n", received.ToString());
    }

    [Theory]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("𝄞")]
    public void Passes_only_whole_characters_to_a_receiver(string character)
    {
        var pieces = new List<string>();
        var count = ManyCharacters / character.Length;

        Run(Dummy.Request("repeat", character, $"{count}") with { Output = piece => pieces.Add(piece.ToString()) });

        Assert.Equal(string.Concat(Enumerable.Repeat(character, count)), string.Concat(pieces));
        Assert.All(pieces, piece => Assert.Equal(0, piece.Length % character.Length));
        Assert.InRange(pieces.Count, 2, int.MaxValue);
    }

    [Fact]
    public void Passes_an_incomplete_character_to_a_receiver_at_the_end()
    {
        var received = new StringBuilder();

        Run(Dummy.Request("bytes", "61", "E2", "82") with { Output = piece => received.Append(piece) });

        Assert.Equal("a\uFFFD", received.ToString());
    }

    [Fact]
    public void Passes_no_more_than_the_bound_to_a_receiver()
    {
        var received = new StringBuilder();
        var request = Dummy.Request("flood", "1") with { Output = piece => received.Append(piece), MaxOutputCharacters = 1000 };

        var result = Run(request);

        Assert.True(result.Succeeded);
        Assert.True(result.OutputTruncated);
        Assert.Equal($"BEGIN{new string('x', 995)}", received.ToString());
        Assert.Equal("", result.StandardOutput);
        Assert.EndsWith("xEND", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public void Passes_output_of_exactly_the_bound_whole_to_a_receiver()
    {
        var received = new StringBuilder();

        var result = Run(
            Dummy.Request("repeat", "x", "1000") with { Output = piece => received.Append(piece), MaxOutputCharacters = 1000 });

        Assert.Equal((new string('x', 1000), false), (received.ToString(), result.OutputTruncated));
    }

    [Fact]
    public void Has_passed_its_output_to_a_receiver_when_it_is_stopped_at_the_timeout()
    {
        var received = new StringBuilder();
        var time = new ManualTimeout(Bounds.Never);
        var request = Dummy.Shell("echo begun; exec sleep 60") with
        {
            Timeout = Bounds.Never,
            Output = piece =>
            {
                received.Append(piece);
                time.Expire();
            },
        };

        var result = Bounds.Within(() => CreateRunner(time: time).Run(request, TestContext.Current.CancellationToken));

        AssertStopped(CommandEnd.TimedOut, result);
        Assert.Equal(("begun\n", ""), (received.ToString(), result.StandardOutput));
    }

    [Fact]
    public void Has_passed_its_output_to_a_receiver_when_the_caller_cancels()
    {
        using var cancellation = new CancellationTokenSource();
        var received = new StringBuilder();
        var request = Dummy.Shell("echo begun; exec sleep 60") with
        {
            Output = piece =>
            {
                received.Append(piece);
                cancellation.Cancel();
            },
        };

        var result = Run(request, cancellation.Token);

        AssertStopped(CommandEnd.Canceled, result);
        Assert.Equal("begun\n", received.ToString());
    }

    [Fact]
    public void Throws_the_exception_of_a_receiver_after_its_end()
    {
        using var folder = new TemporaryFolder();
        var trace = folder.At("trace");
        var pieces = 0;
        // More than a pipe holds: without a reader, the command would never end.
        var request = Dummy.Shell("head -c 300000 /dev/zero; echo > \"$1\"", trace) with
        {
            Output = _ => throw new InvalidDataException($"piece {++pieces}"),
        };

        var thrown = Assert.Throws<InvalidDataException>(() => Run(request));

        Assert.Equal(("piece 1", 1), (thrown.Message, pieces));
        Assert.True(File.Exists(trace));
    }

    [Fact]
    public void Does_not_call_the_output_receiver_when_the_program_cannot_be_started()
    {
        var request = Dummy.Request() with { Program = "/no such/program", Output = _ => Assert.Fail("There is no output.") };

        AssertNotStarted(request);
    }

    /// <summary>A clock by which waits of a given length end on request, however slow the machine is.</summary>
    private sealed class ManualTimeout(TimeSpan wait) : TimeProvider
    {
        private readonly Lock _gate = new();
        private readonly List<ITimer> _waiting = [];
        private bool _hasExpired;

        public void Expire()
        {
            lock (_gate)
            {
                _hasExpired = true;
                foreach (var timer in _waiting) timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != wait) return base.CreateTimer(callback, state, dueTime, period);
            lock (_gate)
            {
                var timer = base.CreateTimer(callback, state, _hasExpired ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, period);
                _waiting.Add(timer);
                return timer;
            }
        }
    }
}

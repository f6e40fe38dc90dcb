using System.Text;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed partial class CliWrapProcessRunnerTests
{
    [Fact]
    public void Output_that_is_handed_on_comes_whole_and_is_not_kept()
    {
        var received = new StringBuilder();

        var result = Run(Dummy.Shell("echo one; echo two; echo err >&2") with { Output = piece => received.Append(piece) });

        Assert.True(result.Succeeded);
        Assert.Equal("one\ntwo\n", received.ToString());
        Assert.Equal(("", "err\n"), (result.StandardOutput, result.StandardError));
        Assert.False(result.OutputTruncated);
    }

    [Fact]
    public async Task Output_is_handed_on_while_the_command_runs()
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
    public void No_piece_ends_within_a_character(string character)
    {
        var pieces = new List<string>();
        var count = ManyCharacters / character.Length;

        Run(Dummy.Request("repeat", character, $"{count}") with { Output = piece => pieces.Add(piece.ToString()) });

        Assert.Equal(string.Concat(Enumerable.Repeat(character, count)), string.Concat(pieces));
        Assert.All(pieces, piece => Assert.Equal(0, piece.Length % character.Length));
        Assert.InRange(pieces.Count, 2, int.MaxValue);
    }

    [Fact]
    public void A_character_that_never_ends_is_handed_on_as_well()
    {
        var received = new StringBuilder();

        Run(Dummy.Request("bytes", "61", "E2", "82") with { Output = piece => received.Append(piece) });

        Assert.Equal("a\uFFFD", received.ToString());
    }

    [Fact]
    public void No_more_than_the_bound_is_handed_on()
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
    public void Exactly_the_bound_is_handed_on_whole()
    {
        var received = new StringBuilder();

        var result = Run(
            Dummy.Request("repeat", "x", "1000") with { Output = piece => received.Append(piece), MaxOutputCharacters = 1000 });

        Assert.Equal((new string('x', 1000), false), (received.ToString(), result.OutputTruncated));
    }

    [Fact]
    public void What_was_handed_on_before_the_time_was_up_stays_handed_on()
    {
        var received = new StringBuilder();
        var time = new TimeUntilTold(Bounds.Never);
        var request = Dummy.Shell("echo begun; exec sleep 60") with
        {
            Timeout = Bounds.Never,
            Output = piece =>
            {
                received.Append(piece);
                time.Pass();
            },
        };

        var result = Bounds.Within(() => CreateRunner(time: time).Run(request, TestContext.Current.CancellationToken));

        AssertStopped(CommandEnd.TimedOut, result);
        Assert.Equal(("begun\n", ""), (received.ToString(), result.StandardOutput));
    }

    [Fact]
    public void What_was_handed_on_before_the_caller_cancelled_stays_handed_on()
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
    public void What_a_receiver_throws_is_thrown_when_the_command_has_ended()
    {
        using var folder = new TemporaryFolder();
        var trace = folder.At("trace");
        var pieces = 0;
        // More than a pipe holds: a command that nobody reads would never come to its end.
        var request = Dummy.Shell("head -c 300000 /dev/zero; echo > \"$1\"", trace) with
        {
            Output = _ => throw new InvalidDataException($"piece {++pieces}"),
        };

        var thrown = Assert.Throws<InvalidDataException>(() => Run(request));

        Assert.Equal(("piece 1", 1), (thrown.Message, pieces));
        Assert.True(File.Exists(trace));
    }

    [Fact]
    public void Nothing_is_handed_on_of_what_is_not_started()
    {
        var request = Dummy.Request() with { Program = "/no such/program", Output = _ => Assert.Fail("There is no output.") };

        AssertNotStarted(request);
    }

    /// <summary>A clock by which one wait is over when it is told so, however slow the machine is. All others take their time.
    /// </summary>
    /// <param name="wait">How long that one is.</param>
    private sealed class TimeUntilTold(TimeSpan wait) : TimeProvider
    {
        private readonly Lock _gate = new();
        private readonly List<ITimer> _waiting = [];
        private bool _isOver;

        public void Pass()
        {
            lock (_gate)
            {
                _isOver = true;
                foreach (var timer in _waiting) timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != wait) return base.CreateTimer(callback, state, dueTime, period);
            lock (_gate)
            {
                var timer = base.CreateTimer(callback, state, _isOver ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, period);
                _waiting.Add(timer);
                return timer;
            }
        }
    }
}

using System.Diagnostics;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed partial class ExternalCommand
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.5);

    /// <summary>Moments around the exit of a command of 20 ms, before and after it.</summary>
    private static IEnumerable<TimeSpan> MomentsAroundTheExit =>
        Enumerable.Range(0, 60).Select(i => TimeSpan.FromMilliseconds(10 + (i / 2.0)));

    /// <summary>Runs a behaviour of the dummy, and cancels as soon as it has reported to the witness.</summary>
    private static async Task<(CommandResult Result, int ProcessId)> CancelWhenReadyAsync(
        string behavior, ProcessWitness witness, TimeSpan gracePeriod)
    {
        using var cancellation = new CancellationTokenSource();
        var request = Dummy.Request(behavior, witness.Address) with { GracePeriod = gracePeriod };
        var run = Bounds.Begin(() => Run(request, cancellation.Token));
        var processId = await witness.ReadyAsync();
        await cancellation.CancelAsync();
        return (await run, processId);
    }

    private static void AssertStopped(CommandEnd end, CommandResult result)
    {
        Assert.Equal(end, result.End);
        Assert.Null(result.ExitCode);
        Assert.False(result.Succeeded);
    }

    private static bool IsKnownToTheSystem(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [Fact]
    public void Is_stopped_at_the_timeout()
    {
        using var witness = new ProcessWitness();

        var result = Run(Dummy.Request("wait", witness.Address) with { Timeout = Short });

        AssertStopped(CommandEnd.TimedOut, result);
        Assert.InRange(result.Duration, Short * 0.9, Bounds.Soon);
    }

    [Fact]
    public async Task Is_stopped_with_its_output_kept_when_the_caller_cancels()
    {
        using var witness = new ProcessWitness();

        var (result, processId) = await CancelWhenReadyAsync("wait", witness, Bounds.Never);

        AssertStopped(CommandEnd.Canceled, result);
        Assert.Equal("waiting\n", result.StandardOutput);
        Assert.False(IsKnownToTheSystem(processId));
    }

    [Fact]
    public async Task Can_clean_up_after_SIGTERM_before_it_exits()
    {
        using var witness = new ProcessWitness();

        var (result, _) = await CancelWhenReadyAsync("wait-politely", witness, Bounds.Never);

        AssertStopped(CommandEnd.Canceled, result);
        Assert.Equal("cleaned up\n", result.StandardOutput);
    }

    [Fact]
    public async Task Is_killed_after_the_grace_period_when_it_ignores_SIGTERM()
    {
        using var witness = new ProcessWitness();

        var (result, processId) = await CancelWhenReadyAsync("wait-stubbornly", witness, Short);

        AssertStopped(CommandEnd.Canceled, result);
        Assert.InRange(result.Duration, Short * 0.9, Bounds.Soon);
        Assert.False(IsKnownToTheSystem(processId));
    }

    [Fact]
    public void Is_killed_after_the_timeout_when_it_ignores_SIGTERM()
    {
        using var witness = new ProcessWitness();
        var request = Dummy.Request("wait-stubbornly", witness.Address) with { GracePeriod = Short };

        var result = Run(request with { Timeout = TimeSpan.FromSeconds(2) });

        AssertStopped(CommandEnd.TimedOut, result);
        Assert.InRange(result.Duration, TimeSpan.FromSeconds(1.9), Bounds.Soon);
    }

    [Fact]
    public async Task Is_killed_at_once_without_a_grace_period()
    {
        using var witness = new ProcessWitness();

        var (result, _) = await CancelWhenReadyAsync("wait-stubbornly", witness, TimeSpan.Zero);

        AssertStopped(CommandEnd.Canceled, result);
    }

    [Fact]
    public async Task Is_killed_with_its_children()
    {
        using var witness = new ProcessWitness();

        var (result, _) = await CancelWhenReadyAsync("wait-for-grandchild", witness, Short);

        AssertStopped(CommandEnd.Canceled, result);
        Assert.True(await witness.DiesWithinAsync(Bounds.Soon));
    }

    [Fact]
    public void Is_stopped_while_it_writes_without_end()
    {
        var request = Dummy.Request("flood-forever") with { Timeout = Short, MaxOutputCharacters = 1000 };

        var result = Run(request with { GracePeriod = Short });

        AssertStopped(CommandEnd.TimedOut, result);
        Assert.InRange(result.Duration, TimeSpan.Zero, Bounds.Soon);
    }

    [Fact]
    public void Is_not_started_after_the_caller_cancelled()
    {
        using var folder = new TemporaryFolder();
        var trace = folder.At("trace");

        var result = Run(Dummy.Shell("echo > \"$1\"", trace), new CancellationToken(canceled: true));

        AssertStopped(CommandEnd.Canceled, result);
        Assert.False(File.Exists(trace));
    }

    [Fact]
    public void Is_reported_either_as_exited_or_as_stopped_around_the_timeout()
    {
        foreach (var moment in MomentsAroundTheExit)
        {
            var request = Dummy.Shell("sleep 0.02; echo done; exit 7") with { Timeout = moment };

            AssertExitedOrStopped(CommandEnd.TimedOut, Run(request));
        }
    }

    [Fact]
    public void Is_reported_either_as_exited_or_as_stopped_around_the_cancellation()
    {
        foreach (var moment in MomentsAroundTheExit)
        {
            using var cancellation = new CancellationTokenSource(moment);

            var result = Run(Dummy.Shell("sleep 0.02; echo done; exit 7"), cancellation.Token);

            AssertExitedOrStopped(CommandEnd.Canceled, result);
        }
    }

    private static void AssertExitedOrStopped(CommandEnd stopped, CommandResult result)
    {
        if (result.End == stopped)
        {
            Assert.Null(result.ExitCode);
            return;
        }

        Assert.Equal(CommandEnd.Exited, result.End);
        Assert.Equal(7, result.ExitCode);
        Assert.Equal("done\n", result.StandardOutput);
    }
}

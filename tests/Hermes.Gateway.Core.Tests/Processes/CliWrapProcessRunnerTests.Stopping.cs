using System.Diagnostics;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed partial class CliWrapProcessRunnerTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.5);

    /// <summary>Around the exit of a command of 20 ms: either can be first, and must then be the whole story.</summary>
    private static IEnumerable<TimeSpan> MomentsAroundTheExit =>
        Enumerable.Range(0, 60).Select(i => TimeSpan.FromMilliseconds(10 + (i / 2.0)));

    /// <summary>Runs a behaviour of the dummy, and cancels as soon as the process under witness is ready.</summary>
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
    public void A_command_is_stopped_when_its_time_is_up()
    {
        using var witness = new ProcessWitness();

        var result = Run(Dummy.Request("wait", witness.Address) with { Timeout = Short });

        AssertStopped(CommandEnd.TimedOut, result);
        Assert.InRange(result.Duration, Short * 0.9, Bounds.Soon);
    }

    [Fact]
    public async Task A_command_is_stopped_when_the_caller_cancels_and_its_output_is_kept()
    {
        using var witness = new ProcessWitness();

        var (result, processId) = await CancelWhenReadyAsync("wait", witness, Bounds.Never);

        AssertStopped(CommandEnd.Canceled, result);
        Assert.Equal("waiting\n", result.StandardOutput);
        Assert.False(IsKnownToTheSystem(processId));
    }

    [Fact]
    public async Task A_child_that_stops_politely_may_finish_its_work()
    {
        using var witness = new ProcessWitness();

        var (result, _) = await CancelWhenReadyAsync("wait-politely", witness, Bounds.Never);

        AssertStopped(CommandEnd.Canceled, result);
        Assert.Equal("cleaned up\n", result.StandardOutput);
    }

    [Fact]
    public async Task A_child_that_ignores_SIGTERM_is_killed_after_the_grace_period()
    {
        using var witness = new ProcessWitness();

        var (result, processId) = await CancelWhenReadyAsync("wait-stubbornly", witness, Short);

        AssertStopped(CommandEnd.Canceled, result);
        Assert.InRange(result.Duration, Short * 0.9, Bounds.Soon);
        Assert.False(IsKnownToTheSystem(processId));
    }

    [Fact]
    public void A_child_that_ignores_SIGTERM_is_killed_when_its_time_is_up()
    {
        using var witness = new ProcessWitness();
        var request = Dummy.Request("wait-stubbornly", witness.Address) with { GracePeriod = Short };

        var result = Run(request with { Timeout = TimeSpan.FromSeconds(2) });

        AssertStopped(CommandEnd.TimedOut, result);
        Assert.InRange(result.Duration, TimeSpan.FromSeconds(1.9), Bounds.Soon);
    }

    [Fact]
    public async Task Without_a_grace_period_a_child_is_killed_at_once()
    {
        using var witness = new ProcessWitness();

        var (result, _) = await CancelWhenReadyAsync("wait-stubbornly", witness, TimeSpan.Zero);

        AssertStopped(CommandEnd.Canceled, result);
    }

    [Fact]
    public async Task The_kill_reaches_what_the_child_has_started()
    {
        using var witness = new ProcessWitness();

        var (result, _) = await CancelWhenReadyAsync("wait-for-grandchild", witness, Short);

        AssertStopped(CommandEnd.Canceled, result);
        Assert.True(await witness.DiesWithinAsync(Bounds.Soon));
    }

    [Fact]
    public void A_child_that_never_stops_writing_is_stopped_like_any_other()
    {
        var request = Dummy.Request("flood-forever") with { Timeout = Short, MaxOutputCharacters = 1000 };

        var result = Run(request with { GracePeriod = Short });

        AssertStopped(CommandEnd.TimedOut, result);
        Assert.InRange(result.Duration, TimeSpan.Zero, Bounds.Soon);
    }

    [Fact]
    public void Nothing_is_started_for_a_caller_who_has_already_cancelled()
    {
        using var folder = new TemporaryFolder();
        var trace = folder.At("trace");

        var result = Run(Dummy.Shell("echo > \"$1\"", trace), new CancellationToken(canceled: true));

        AssertStopped(CommandEnd.Canceled, result);
        Assert.False(File.Exists(trace));
    }

    [Fact]
    public void What_has_exited_at_the_deadline_is_never_said_to_have_been_stopped()
    {
        foreach (var moment in MomentsAroundTheExit)
        {
            var request = Dummy.Shell("sleep 0.02; echo done; exit 7") with { Timeout = moment };

            AssertOneStory(CommandEnd.TimedOut, Run(request));
        }
    }

    [Fact]
    public void What_has_exited_at_the_cancellation_is_never_said_to_have_been_stopped()
    {
        foreach (var moment in MomentsAroundTheExit)
        {
            using var cancellation = new CancellationTokenSource(moment);

            var result = Run(Dummy.Shell("sleep 0.02; echo done; exit 7"), cancellation.Token);

            AssertOneStory(CommandEnd.Canceled, result);
        }
    }

    private static void AssertOneStory(CommandEnd stopped, CommandResult result)
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

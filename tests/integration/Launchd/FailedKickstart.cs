using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>kickstart(1) does not find a job that was loaded a moment ago, or fails: the job is loaded and started once more, and the
/// second failure is reported.</summary>
public class FailedKickstart
{
    [Theory]
    [InlineData(113, "Could not find service \"x\" in domain for user gui: 0\n")]
    [InlineData(3, "")]
    public void Restart_retries_once_when_kickstart_does_not_find_the_job(int exit, string words)
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        // launchd says that it does not hold the job, although it was seen a moment ago.
        agent.Launchd.Faults(new Fault("kickstart") { Call = agent.Next("kickstart"), Exit = exit, Stderr = words, Effect = "none" });
        var before = agent.Launchd.Calls.Count;

        var run = agent.Try(Operation.Restart).Succeeded();

        Assert.Equal(["kickstart", "bootout", "bootstrap", "kickstart"], agent.ChangesSince(before));
        Assert.Equal("current, current, current", run.Layers());
    }

    [Fact]
    public async Task Start_that_fails_twice_reports_the_second_failure_without_a_third_attempt()
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        agent.Launchd.Run("bootout", agent.GuiTarget);
        await Manager.UntilAsync(() => !agent.IsLoaded, "unloaded");
        var next = agent.Next("kickstart");
        agent.Launchd.Faults(
            new Fault("bootstrap") { Times = 0, Effect = "none" },
            new Fault("kickstart") { Call = next, Exit = 113, Stderr = "first\n", Effect = "none" },
            new Fault("kickstart") { Call = next + 1, Exit = 113, Stderr = "second\n", Effect = "none" });
        var before = agent.Launchd.Calls.Count;

        var run = agent.Try(Operation.Start);

        Assert.Equal(["bootstrap", "kickstart", "bootstrap", "kickstart"], agent.ChangesSince(before));
        Assert.Equal(Outcome.Failed, run.Outcome);
        Assert.Contains("second", run.Errors()[0].Message, StringComparison.Ordinal);
        Assert.Equal("current, no, no", run.Layers());
    }

    [Fact]
    public void Restart_reports_the_failure_of_launchd_and_starts_no_process_of_its_own()
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        var process = agent.ProcessId;
        agent.Launchd.Faults(new Fault("kickstart")
        {
            Call = agent.Next("kickstart"), Exit = 5, Effect = "none",
            Stderr = $"Could not kickstart service \"{agent.Name}\": 5: Input/output error\n",
        });

        var run = agent.Try(Operation.Restart);

        Assert.Equal(Outcome.Failed, run.Outcome);
        Assert.Contains("Input/output error", run.Errors()[0].Message, StringComparison.Ordinal);
        // The process is still the same, and there is no second one, in the foreground or detached.
        Assert.Equal(process, agent.ProcessId);
        Assert.Equal([process!.Value], ProcessesOf(agent.ProgramPath));
    }

    /// <summary>The processes that run a program.</summary>
    private static IEnumerable<int> ProcessesOf(string program) =>
        ProcessEntry.Roots(ProcessEntry.Ids().Where(id => CoreAgent.CommandLineOf(id).Contains(program)));
}

using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>launchctl reports success without an effect, or failure with one.</summary>
public class MisleadingLaunchctl
{
    private const string InputOutputError = "Bootstrap failed: 5: Input/output error\n";

    [Fact]
    public void Reported_failure_of_a_bootstrap_that_loaded_the_job_is_ignored()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Faults(new Fault("bootstrap") { Exit = 5, Stderr = InputOutputError });

        agent.Deploy();

        Assert.Single(agent.Launchd.Calls, call => call.Verb == "bootstrap");
    }

    [Fact]
    public void Reported_success_of_a_bootstrap_that_loaded_nothing_is_retried()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Faults(new Fault("bootstrap") { Effect = "none" });

        agent.Deploy();

        Assert.Equal(["bootstrap", "kickstart", "bootstrap", "kickstart"], agent.ChangesSince(0));
    }

    [Fact]
    public void Install_fails_when_bootstrap_never_loads_the_job()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Faults(new Fault("bootstrap") { Times = 0, Effect = "none" });

        var run = agent.Try(Operation.Install);

        run.FailedWith("HGW4003");
        Assert.Equal("current, no, no", run.Layers());
    }

    [Fact]
    public void Reported_success_of_a_bootout_without_effect_is_retried()
    {
        using var agent = new CoreAgent();
        agent.Deploy("old");
        agent.Launchd.Faults(new Fault("bootout") { Effect = "none" });
        var before = agent.Launchd.Calls.Count;

        agent.Deploy("new");

        Assert.Equal(["bootout", "bootout", "bootstrap", "kickstart"], agent.ChangesSince(before));
        Assert.Equal(["/bin/sh", agent.ProgramPath, "new"], agent.CommandLine);
    }

    [Fact]
    public void Bootout_without_effect_fails_after_three_attempts()
    {
        using var agent = new CoreAgent();
        agent.Deploy("old");
        var process = agent.ProcessId;
        agent.Launchd.Faults(new Fault("bootout") { Times = 0, Effect = "none" });
        var before = agent.Launchd.Calls.Count;

        var run = agent.Try(Operation.Deploy, "new");

        run.FailedWith("HGW3001");
        Assert.Equal(["bootout", "bootout", "bootout"], agent.ChangesSince(before));
        Assert.Equal(process, agent.ProcessId);
        agent.Launchd.Faults();
    }

    [Theory]
    [InlineData(36, "Boot-out failed: 36: Operation now in progress\n")]
    [InlineData(5, "Boot-out failed: 5: Input/output error\n")]
    public void Reported_failure_of_a_bootout_that_unloaded_the_job_is_ignored(int exit, string words)
    {
        using var agent = new CoreAgent();
        agent.Deploy("old");
        agent.Launchd.Faults(new Fault("bootout") { Exit = exit, Stderr = words });

        agent.Deploy("new");
    }

    [Fact]
    public void Restart_fails_when_kickstart_has_no_effect()
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        agent.Launchd.Faults(new Fault("kickstart") { Call = agent.Next("kickstart"), Effect = "none" });

        var run = agent.Try(Operation.Restart, change: input => input with { TimeoutSeconds = "5" });

        run.FailedWith("HGW4005");
        Assert.Contains("was not restarted", run.Errors()[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loaded_job_without_process_is_kickstarted()
    {
        using var agent = new CoreAgent();
        agent.Deploy(change: input => input with { Restart = "always" });
        agent.Launchd.Run("bootout", agent.GuiTarget);
        await Manager.UntilAsync(() => !agent.IsLoaded, "unloaded");
        agent.Launchd.Faults(new Fault("bootstrap") { Call = agent.Next("bootstrap"), Effect = "idle" });
        Assert.Equal(0, agent.Launchd.Run("bootstrap", agent.GuiDomain, agent.Plist).Exit);
        Assert.Null(agent.ProcessId);
        var before = agent.Launchd.Calls.Count;

        agent.Deploy(change: input => input with { Restart = "always" });

        Assert.Equal(["kickstart"], agent.ChangesSince(before));
    }

    [Fact]
    public void Job_that_starts_late_is_awaited()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Faults(
            new Fault("bootstrap") { SettleSeconds = 1.5 },
            new Fault("kickstart") { Effect = "none" });

        agent.Deploy();
    }

    [Fact]
    public void Hanging_launchctl_is_killed_and_layers_are_reported_as_unknown()
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        agent.Launchd.Faults(new Fault("print") { Times = 0, HangSeconds = 60 }, new Fault("print-disabled") { Times = 0, HangSeconds = 60 });
        var before = agent.Launchd.Calls.Count;

        var run = agent.Try(Operation.Deploy, "new", input => input with { TimeoutSeconds = "2" });

        run.FailedWith("HGW3002");
        Assert.Equal(("unknown", "unknown"), (ReportText.Word(run.After.Loaded), ReportText.Word(run.After.Running)));
        agent.Launchd.Faults();
        Assert.Empty(agent.ChangesSince(before));
    }
}

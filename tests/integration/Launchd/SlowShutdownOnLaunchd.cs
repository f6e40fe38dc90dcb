using System.Globalization;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>bootout returns at once; the job stays listed until its process has ended or launchd has killed it.</summary>
public class SlowShutdownOnLaunchd
{
    [Fact]
    public void New_definition_is_loaded_after_the_process_was_killed()
    {
        using var agent = new CoreAgent(program: CoreAgent.Stubborn);
        // 20 seconds of ExitTimeOut pass as 3.
        agent.Launchd.Settings(new { timeScale = 0.15 });
        var first = agent.Deploy("old");
        var before = agent.Launchd.Calls.Count;

        agent.Deploy("new");

        Assert.Equal(["bootout", "bootstrap", "kickstart"], agent.ChangesSince(before));
        Assert.Equal(["/bin/sh", agent.ProgramPath, "new"], agent.CommandLine);
        Assert.False(Directory.Exists($"/proc/{first.ProcessId}"));
        // It was seen on its way.
        Assert.Contains(agent.Launchd.Calls.Skip(before), call => call.Stdout.Contains("state = SIGTERMed", StringComparison.Ordinal));
    }

    [Fact]
    public void Job_that_stays_listed_after_its_process_is_awaited()
    {
        using var agent = new CoreAgent();
        agent.Deploy("old");
        agent.Launchd.Settings(new { bootoutSeconds = 1.5 });
        var before = agent.Launchd.Calls.Count;

        agent.Deploy("new");

        Assert.Equal("bootout", agent.ChangesSince(before)[0]);
        Assert.Single(agent.ChangesSince(before), verb => verb == "bootstrap");
        // It is asked for at intervals that grow, in two domains.
        Assert.InRange(agent.Launchd.Calls.Skip(before).TakeWhile(call => call.Verb != "bootstrap").Count(call => call.Verb == "print"), 4, 24);
    }

    [Fact]
    public async Task Exceeded_deadline_is_reported_with_the_process_and_the_command_that_loads_it()
    {
        using var agent = new CoreAgent(program: CoreAgent.Stubborn);
        agent.Deploy("old");
        var old = agent.ProcessId!.Value;

        var run = agent.Try(Operation.Deploy, "new", input => input with { TimeoutSeconds = "5" });

        // Putting the old one back waits for the same process, and no longer.
        run.FailedWith("HGW3011", "HGW4015");
        var error = run.Errors().First(error => error.Code == "HGW3011").Message;
        Assert.Contains($"pid {old.ToString(CultureInfo.InvariantCulture)}", error, StringComparison.Ordinal);
        Assert.Contains("launchd starts it again only at the next login or boot", error, StringComparison.Ordinal);
        Assert.Equal($"launchctl bootstrap {agent.GuiDomain} {agent.Plist}", run.Advice);
        Assert.Equal(("stale", "no"), (ReportText.Word(run.After.Installed), ReportText.Word(run.After.Loaded)));
        Assert.True(Directory.Exists($"/proc/{old}"));

        // The advice is true: once the process has ended, the command brings back what ran before.
        agent.Launchd.Settings(new { timeScale = 0.01 });
        await Manager.UntilAsync(() => !agent.IsLoaded, "the old job gone");
        Assert.Equal(0, agent.Launchd.Run(run.Advice.Split(' ')[1..]).Exit);
        var verified = agent.Try(Operation.Verify, "old").Succeeded();
        Assert.Equal("current, current, current", verified.Layers());
    }

    [Fact]
    public void Next_deploy_completes_what_the_deadline_interrupted()
    {
        using var agent = new CoreAgent(program: CoreAgent.Stubborn);
        agent.Deploy("old");
        // 20 seconds of ExitTimeOut are longer than the deploy and its rollback together.
        agent.Try(Operation.Deploy, "new", input => input with { TimeoutSeconds = "5" }).FailedWith("HGW3011", "HGW4015");

        agent.Deploy("new");

        Assert.Equal(["/bin/sh", agent.ProgramPath, "new"], agent.CommandLine);
    }
}

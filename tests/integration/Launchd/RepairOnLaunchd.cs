using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>launchd works from the copy of the definition that it made at bootstrap: a changed definition must be loaded
/// again, an unchanged one must not be touched.</summary>
public class RepairOnLaunchd
{
    [Fact]
    public void Changed_definition_is_bootstrapped_again()
    {
        using var agent = new CoreAgent();
        var first = agent.Deploy("old");
        var before = agent.Launchd.Calls.Count;

        var second = agent.Deploy("new");

        Assert.Equal(["bootout", "bootstrap", "kickstart"], agent.ChangesSince(before));
        Assert.NotEqual(first.ProcessId, second.ProcessId);
        Assert.Equal(["/bin/sh", agent.ProgramPath, "new"], agent.CommandLine);
        Assert.False(Directory.Exists($"/proc/{first.ProcessId}"));
    }

    [Fact]
    public async Task Kickstart_without_bootstrap_is_reported_as_stale_and_repaired()
    {
        using var agent = new CoreAgent();
        agent.Deploy("old");
        var text = File.ReadAllText(agent.Plist);
        agent.Deploy("new");
        var current = File.ReadAllText(agent.Plist);
        // What a tool does that trusts kickstart: the old copy is held, the new file is written, the job restarted.
        File.WriteAllText(agent.Plist, text);
        agent.Launchd.Run("bootout", agent.GuiTarget);
        await Manager.UntilAsync(() => agent.Launchd.Run("bootstrap", agent.GuiDomain, agent.Plist).Exit == 0, "loaded");
        File.WriteAllText(agent.Plist, current);
        Assert.Equal(0, agent.Launchd.Run("kickstart", "-k", agent.GuiTarget).Exit);
        await Manager.UntilAsync(() => agent.ProcessId is not null, "restarted");
        Assert.Equal(["/bin/sh", agent.ProgramPath, "old"], agent.CommandLine);

        var verified = agent.Try(Operation.Verify, "new");
        Assert.Equal(Outcome.Failed, verified.Outcome);
        Assert.Equal("current, stale, stale", verified.Layers());

        agent.Deploy("new");
        Assert.Equal(["/bin/sh", agent.ProgramPath, "new"], agent.CommandLine);
    }

    [Theory]
    [InlineData("26")]
    [InlineData("12")]
    [InlineData("10.15")]
    public void Unchanged_running_service_is_not_touched(string os)
    {
        using var agent = new CoreAgent(os: os);
        var first = agent.Deploy();
        var before = agent.Launchd.Calls.Count;

        var again = agent.Deploy();

        Assert.Equal((Outcome.Unchanged, first.ProcessId), (again.Outcome, again.ProcessId));
        Assert.Equal(
            ["print", "print", "print-disabled"],
            agent.Launchd.Calls.Skip(before).Select(call => call.Verb).Take(3).Order(StringComparer.Ordinal));
        Assert.Empty(agent.ChangesSince(before));
    }

    [Fact]
    public void Restart_of_a_current_service_is_a_kickstart_only()
    {
        using var agent = new CoreAgent();
        var first = agent.Deploy();
        var before = agent.Launchd.Calls.Count;

        var again = agent.Try(Operation.Restart).Succeeded();

        Assert.Equal(["kickstart"], agent.ChangesSince(before));
        Assert.NotEqual(first.ProcessId, again.ProcessId);
    }

    [Fact]
    public void Deleted_definition_of_a_running_service_is_written_again()
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        File.Delete(agent.Plist);

        var status = agent.Try(Operation.Status).Succeeded();
        Assert.Equal("missing", ReportText.Word(status.After.Installed));
        Assert.Equal("current", ReportText.Word(status.After.Loaded));
        agent.Deploy();

        File.Delete(agent.Plist);
        Assert.Equal("missing, no, no", agent.Try(Operation.Uninstall).Succeeded().Layers());
    }

    [Fact]
    public async Task Repaired_service_is_current_after_a_reboot()
    {
        using var agent = new CoreAgent();
        var first = agent.Deploy();
        agent.Launchd.Run("simulator", "reboot");
        await Manager.UntilAsync(() => agent.ProcessId is not null, "started by launchd itself");

        var verified = agent.Try(Operation.Verify).Succeeded();

        Assert.Equal("current, current, current", verified.Layers());
        Assert.NotEqual(first.ProcessId, verified.ProcessId);
    }
}

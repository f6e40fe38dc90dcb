using System.Diagnostics;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>What holds on every launchd: on the simulator, and with HERMES_TEST_LAUNCHCTL=real on that of a Mac, whose
/// user's own services these tests leave alone (eng/test-macos.sh).</summary>
public class OnAnyLaunchd
{
    [Fact]
    public void A_deploy_is_proven_by_the_process_that_launchd_names()
    {
        using var agent = NewAgent();

        var report = agent.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.True(report.After.AllCurrent);
        Assert.NotNull(report.ProcessId);
        Assert.Equal(report.ProcessId, agent.ProcessId);
        Assert.Contains(agent.Program, CommandLineOf(agent), StringComparison.Ordinal);
        Assert.Equal(Path.Combine(agent.Host.Home, "Library", "LaunchAgents", agent.Name + ".plist"), report.DefinitionPath);
        Assert.True(agent.Succeed(Operation.Verify).After.AllCurrent);
    }

    [Fact]
    public void What_has_not_changed_is_not_touched()
    {
        using var agent = NewAgent();
        var first = agent.Succeed(Operation.Deploy);
        var written = File.GetLastWriteTimeUtc(first.DefinitionPath);

        var again = agent.Succeed(Operation.Deploy);

        Assert.Equal((Outcome.Unchanged, first.ProcessId), (again.Outcome, agent.ProcessId));
        Assert.Empty(again.Steps);
        Assert.Equal(written, File.GetLastWriteTimeUtc(first.DefinitionPath));
    }

    [Fact]
    public void A_changed_argument_reaches_a_new_process()
    {
        using var agent = NewAgent();
        agent.Input = agent.Input with { Arguments = ["the old one"] };
        var first = agent.Succeed(Operation.Deploy);
        agent.Input = agent.Input with { Arguments = ["the new one"] };

        var repaired = agent.Succeed(Operation.Deploy);

        Assert.True(repaired.After.AllCurrent);
        Assert.NotEqual(first.ProcessId, agent.ProcessId);
        Assert.EndsWith("the new one", CommandLineOf(agent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_of_what_was_unloaded_loads_it_once_and_starts_it()
    {
        using var agent = NewAgent();
        agent.Succeed(Operation.Deploy);
        await agent.UnloadAsync();

        var report = agent.Succeed(Operation.Start);

        Assert.Equal(LoadedState.No, report.Before.Loaded);
        Assert.True(report.After.AllCurrent);
        Assert.Equal(report.ProcessId, agent.ProcessId);
        Assert.Single(report.Commands, command => command.CommandLine.Contains(" bootstrap ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_killed_process_comes_back_and_is_current()
    {
        using var agent = NewAgent();
        var first = agent.Succeed(Operation.Deploy);
        using (var process = Process.GetProcessById(first.ProcessId!.Value)) process.Kill();

        await Manager.UntilAsync(() => agent.ProcessId is { } process && process != first.ProcessId, "a new process");

        Assert.True(agent.Succeed(Operation.Verify).After.AllCurrent);
    }

    [Fact]
    public void A_restart_gives_another_process()
    {
        using var agent = NewAgent();
        var first = agent.Succeed(Operation.Deploy);

        var report = agent.Succeed(Operation.Restart);

        Assert.Equal(first.ProcessId, report.ProcessIdBefore);
        Assert.NotEqual(first.ProcessId, agent.ProcessId);
        Assert.Equal(report.ProcessId, agent.ProcessId);
        Assert.True(report.After.AllCurrent);
    }

    [Fact]
    public void A_stop_ends_the_process_and_keeps_the_definition()
    {
        using var agent = NewAgent();
        agent.Succeed(Operation.Deploy);

        var report = agent.Succeed(Operation.Stop);

        Assert.Equal((InstalledState.Current, RunningState.No), (report.After.Installed, report.After.Running));
        Assert.Null(agent.ProcessId);
        Assert.True(File.Exists(report.DefinitionPath));
        Assert.Equal(Outcome.Unchanged, agent.Succeed(Operation.Stop).Outcome);
    }

    [Fact]
    public void An_uninstall_leaves_nothing()
    {
        using var agent = NewAgent();
        agent.Succeed(Operation.Deploy);
        Assert.NotEmpty(agent.Files);

        agent.Succeed(Operation.Uninstall);

        Assert.Null(agent.Target);
        Assert.Empty(agent.Files);
        Assert.Equal(Outcome.Unchanged, agent.Succeed(Operation.Uninstall).Outcome);
    }

    [Fact]
    public async Task The_status_tells_not_installed_stale_and_not_loaded_apart()
    {
        using var agent = NewAgent();
        var missing = agent.Succeed(Operation.Status);
        agent.Succeed(Operation.Deploy);
        var deployed = agent.Input;
        agent.Input = deployed with { Arguments = ["new"] };
        var stale = agent.Succeed(Operation.Status);
        agent.Input = deployed;
        await agent.UnloadAsync();
        var unloaded = agent.Succeed(Operation.Status);

        AssertStatus(missing, InstalledState.Missing, LoadedState.No, RunningState.No, DiagnosticCatalog.NotInstalled);
        AssertStatus(stale, InstalledState.Stale, LoadedState.Stale, RunningState.Stale, DiagnosticCatalog.InstalledStale);
        AssertStatus(unloaded, InstalledState.Current, LoadedState.No, RunningState.No, DiagnosticCatalog.NotLoaded);
    }

    [Fact]
    public void A_disabled_service_is_named_and_enabled_by_the_next_deploy()
    {
        using var agent = NewAgent();
        var first = agent.Succeed(Operation.Deploy);
        var target = agent.Target!;
        agent.Run("disable", target);

        var verified = agent.Fail(Operation.Verify, DiagnosticCatalog.NotEnabled);
        Assert.Equal(Answer.No, verified.After.Enabled);
        Assert.Equal($"launchctl enable {target}", verified.Advice);

        var report = agent.Succeed(Operation.Deploy);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.ServiceDisabled);
        Assert.Equal((Answer.Yes, first.ProcessId), (report.After.Enabled, agent.ProcessId));
        agent.Succeed(Operation.Verify);
    }

    private static AgentUnderTest NewAgent()
    {
        if (Environment.GetEnvironmentVariable("HERMES_TEST_LAUNCHCTL") == "real")
        {
            Assert.True(OperatingSystem.IsMacOS(), "HERMES_TEST_LAUNCHCTL=real needs a Mac.");
            return new RealAgent();
        }

        var agent = new CoreAgent();
        // The ten seconds before a killed process comes back are half of one.
        agent.Launchd.Settings(new { timeScale = 0.05 });
        return agent;
    }

    private static string CommandLineOf(AgentUnderTest agent) =>
        Manager.RunCommand("ps", "-ww", "-o", "command=", "-p", $"{agent.ProcessId}").Trim();

    private static void AssertStatus(
        ServiceReport report, InstalledState installed, LoadedState loaded, RunningState running,
        DiagnosticDescriptor expected)
    {
        Assert.Equal((installed, loaded, running), (report.After.Installed, report.After.Loaded, report.After.Running));
        var finding = Assert.Single(report.Findings, finding => finding.Descriptor == expected);
        Assert.Contains(report.DefinitionPath, finding.Message, StringComparison.Ordinal);
        Assert.NotEmpty(report.Advice);
    }
}

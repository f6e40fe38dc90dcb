using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>Daemons: the machine's folders, the system domain.</summary>
public class InSystemScope
{
    [Fact]
    public async Task A_daemon_is_deployed_repaired_and_removed()
    {
        Requires.Root();
        using var agent = new CoreAgent("system");

        var report = agent.Succeed(Operation.Deploy);
        Assert.Equal(agent.PathOf($"Library/LaunchDaemons/{agent.Name}.plist"), report.DefinitionPath);
        Assert.Equal(0, agent.Launchd.Run("print", $"system/{agent.Name}").Exit);
        Assert.DoesNotContain(
            "LimitLoadToSessionType", await File.ReadAllTextAsync(report.DefinitionPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        agent.Input = agent.Input with { Arguments = ["changed"] };
        var repaired = agent.Succeed(Operation.Deploy);
        Assert.Equal("changed", CoreAgent.Arguments(repaired)[^1]);
        Assert.Equal(Outcome.Unchanged, agent.Succeed(Operation.Deploy).Outcome);

        agent.Succeed(Operation.Uninstall);
        Assert.Equal(113, agent.Launchd.Run("print", $"system/{agent.Name}").Exit);
        Assert.Empty(Directory.GetFiles(agent.PathOf("Library"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_logs_of_a_daemon_belong_to_its_account()
    {
        Requires.Root();
        using var agent = new CoreAgent("system");
        agent.Input = agent.Input with { User = "nobody" };
        Open(agent);

        var report = agent.Succeed(Operation.Deploy);

        Assert.Contains(
            "<key>UserName</key>", await File.ReadAllTextAsync(report.DefinitionPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var logs = Directory.GetFiles(agent.PathOf("Library/Logs/Hermes.Gateway"));
        Assert.Equal(2, logs.Length);
        Assert.All(logs, log => Assert.Equal(Core.Host.Accounts.Find("nobody")!.UserId, Core.Host.FileEntry.OwnerOf(log)));
        // The table in docs/architecture.md.
        Assert.All(logs, log => Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(log)));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(agent.PathOf("Library/Logs/Hermes.Gateway")));
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(report.DefinitionPath));
    }

    [Fact]
    public async Task A_log_that_is_a_link_is_refused_and_what_it_leads_to_is_given_to_no_account()
    {
        Requires.Root();
        using var agent = new CoreAgent("system");
        agent.Input = agent.Input with { User = "nobody" };
        Open(agent);
        var (victim, logs) = (agent.PathOf("victim"), agent.PathOf("Library/Logs/Hermes.Gateway"));
        await File.WriteAllTextAsync(victim, "root's own", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(logs);
        File.CreateSymbolicLink(Path.Combine(logs, $"{agent.Name}.log"), victim);

        var report = agent.Fail(Operation.Deploy, DiagnosticCatalog.LogUnusable);

        Assert.Contains("it is a symbolic link", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.Equal(0u, Core.Host.FileEntry.OwnerOf(victim));
    }

    [Fact]
    public void A_daemon_of_an_account_that_does_not_exist_is_not_written()
    {
        Requires.Root();
        using var agent = new CoreAgent("system");
        agent.Input = agent.Input with { User = "no-such-account" };

        agent.Fail(Operation.Deploy, DiagnosticCatalog.AccountMissing);

        Assert.False(Directory.Exists(agent.PathOf("Library")));
    }

    [Fact]
    public void A_daemon_of_an_account_that_no_log_can_be_given_to_is_not_loaded()
    {
        Requires.Root();
        using var agent = new CoreAgent("system");
        // A number may stand for an account that no database has.
        agent.Input = agent.Input with { User = "4000000001" };

        agent.Fail(Operation.Deploy, DiagnosticCatalog.LogUnusable);

        Assert.DoesNotContain(agent.Launchd.Calls, call => call.Verb == "bootstrap");
    }

    [Fact]
    public async Task A_daemon_that_cannot_get_at_its_program_or_its_variables_is_not_written()
    {
        Requires.Root();
        using var agent = new CoreAgent("system");
        agent.Input = agent.Input with { User = "nobody" };

        agent.Fail(Operation.Deploy, DiagnosticCatalog.AccountHasNoAccess);
        Open(agent);
        var file = agent.PathOf("secrets");
        await File.WriteAllTextAsync(file, "TOKEN=x\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        agent.Input = agent.Input with { EnvironmentFile = file };
        var report = agent.Fail(Operation.Deploy, DiagnosticCatalog.AccountHasNoAccess);

        Assert.StartsWith($"{file} (mode 0600, owner root) cannot be read by nobody", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(agent.PathOf("Library")));
    }

    [Fact]
    public void Who_is_not_root_is_told_so_before_anything_is_touched()
    {
        using var agent = new CoreAgent("system");
        var (requests, _) = Core.Input.RequestReader.Read([agent.Input], agent.Host);
        var services = new Core.Operations.GatewayServices(
            agent.Host with { UserId = 501 }, new Core.Processes.CliWrapProcessRunner(), TimeProvider.System);

        var report = Assert.Single(services.Run(Operation.Deploy, requests, TestContext.Current.CancellationToken));

        Assert.Equal(DiagnosticCatalog.NotRoot, report.Findings[0].Descriptor);
        Assert.False(Directory.Exists(agent.PathOf("Library")));
    }

    private static void Open(CoreAgent agent) =>
        File.SetUnixFileMode(agent.PathOf("."), (UnixFileMode)0b111_101_101);
}

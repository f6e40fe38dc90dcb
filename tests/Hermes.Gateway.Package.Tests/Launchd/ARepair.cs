using System.Text.Json;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>launchd works from the copy that it made at bootstrap: what has changed must be loaded anew, and what has
/// not must not be touched.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class ARepair(PackageFixture package)
{
    [Fact]
    public Task Of_a_changed_definition_loads_it_anew() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var first = await agent.DeployAsync("-p:HermesGatewayArguments=old");
        var before = agent.Launchd.Calls.Count;

        var second = await agent.DeployAsync("-p:HermesGatewayArguments=new");

        Assert.Equal(["bootout", "bootstrap", "kickstart"], agent.ChangesSince(before));
        Assert.NotEqual(first.Service.ProcessId, second.Service.ProcessId);
        Assert.Equal(["/bin/sh", agent.Program, "new"], agent.CommandLine);
        Assert.False(Directory.Exists($"/proc/{first.Service.ProcessId}"));
    });

    [Fact]
    public Task That_only_kickstarted_would_run_the_old_copy_and_is_not_taken_for_one() =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            await agent.DeployAsync("-p:HermesGatewayArguments=old");
            var text = await File.ReadAllTextAsync(agent.Plist);
            await agent.DeployAsync("-p:HermesGatewayArguments=new");
            var current = await File.ReadAllTextAsync(agent.Plist);
            // What a tool does that trusts kickstart: the old copy is held, the new file is written, the job restarted.
            await File.WriteAllTextAsync(agent.Plist, text);
            agent.Launchd.Run("bootout", agent.Target);
            await Agent.UntilAsync(() => agent.Launchd.Run("bootstrap", agent.Domain, agent.Plist).Exit == 0, "loaded");
            await File.WriteAllTextAsync(agent.Plist, current);
            Assert.Equal(0, agent.Launchd.Run("kickstart", "-k", agent.Target).Exit);
            await Agent.UntilAsync(() => agent.ProcessId is not null, "restarted");
            Assert.Equal(["/bin/sh", agent.Program, "old"], agent.CommandLine);

            var verified = await agent.RunAsync("VerifyGateway", "-p:HermesGatewayArguments=new");
            Assert.NotEqual(0, verified.ExitCode);
            Assert.Equal("current, stale, stale", verified.Service.Layers);

            await agent.DeployAsync("-p:HermesGatewayArguments=new");
            Assert.Equal(["/bin/sh", agent.Program, "new"], agent.CommandLine);
        });

    [Fact]
    public Task Of_a_rebuilt_program_runs_the_new_one() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var first = await agent.DeployAsync();
        agent.WriteProgram(Agent.Lives + "# another build\n");

        var second = await agent.DeployAsync();

        Assert.Contains("Revision", second.Service.Metadata["Differences"], StringComparison.Ordinal);
        Assert.NotEqual(first.Service.ProcessId, second.Service.ProcessId);
    });

    [Theory]
    [InlineData("26")]
    [InlineData("12")]
    [InlineData("10.15")]
    public Task Of_what_is_unchanged_loaded_and_running_touches_nothing(string os) =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project, os: os);
            var first = await agent.DeployAsync();
            var before = agent.Launchd.Calls.Count;

            var again = await agent.DeployAsync();

            Assert.Equal(("unchanged", first.Service.ProcessId), (again.Service.Outcome, again.Service.ProcessId));
            Assert.Equal(
                ["print", "print", "print-disabled"],
                agent.Launchd.Calls.Skip(before).Select(call => call.Verb).Take(3).Order(StringComparer.Ordinal));
            Assert.Empty(agent.ChangesSince(before));
        });

    [Fact]
    public Task Restarts_what_is_current_without_loading_it_anew() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var first = await agent.DeployAsync();
        var before = agent.Launchd.Calls.Count;

        var again = (await agent.RunAsync("RestartGateway")).Succeeded();

        Assert.Equal(["kickstart"], agent.ChangesSince(before));
        Assert.NotEqual(first.Service.ProcessId, again.Service.ProcessId);
    });

    [Fact]
    public Task Of_a_definition_that_was_deleted_while_it_runs_writes_it_again() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        File.Delete(agent.Plist);

        var status = (await agent.RunAsync("GatewayStatus")).Succeeded();
        Assert.Equal("missing", status.Service.Metadata["Installed"]);
        Assert.Equal("current", status.Service.Metadata["Loaded"]);
        await agent.DeployAsync();

        File.Delete(agent.Plist);
        Assert.Equal("missing, no, no", (await agent.RunAsync("UninstallGateway")).Succeeded().Service.Layers);
    });

    [Fact]
    public Task Is_planned_as_it_is_then_done() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");
        var before = agent.Launchd.Calls.Count;

        var planned = (await agent.RunAsync("PlanGateway", "-p:HermesGatewayArguments=new")).Succeeded();
        Assert.Empty(agent.ChangesSince(before));
        var done = await agent.DeployAsync("-p:HermesGatewayArguments=new");

        Assert.Equal(["write", "load", "start"], StepsOf(planned));
        Assert.Equal(StepsOf(planned), StepsOf(done));

        static IEnumerable<string> StepsOf(BuildRun run) =>
            JsonDocument.Parse(run.Service.Metadata["Report"]).RootElement.GetProperty("steps").EnumerateArray()
                .Select(step => step.GetProperty("kind").GetString()!);
    });

    [Fact]
    public Task Lasts_over_a_restart_of_the_machine() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var first = await agent.DeployAsync();
        agent.Launchd.Run("simulator", "reboot");
        await Agent.UntilAsync(() => agent.ProcessId is not null, "started by launchd itself");

        var verified = (await agent.RunAsync("VerifyGateway")).Succeeded();

        Assert.Equal("current, current, current", verified.Service.Layers);
        Assert.NotEqual(first.Service.ProcessId, verified.Service.ProcessId);
    });

    [Fact]
    public Task Then_stop_and_uninstall_leave_what_they_say() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var first = await agent.DeployAsync();

        var stopped = (await agent.RunAsync("StopGateway")).Succeeded();
        Assert.Equal("current, no, no", stopped.Service.Layers);
        Assert.False(agent.IsLoaded);
        Assert.False(Directory.Exists($"/proc/{first.Service.ProcessId}"));

        await agent.DeployAsync();
        var removed = (await agent.RunAsync("UninstallGateway")).Succeeded();
        Assert.Equal("missing, no, no", removed.Service.Layers);
        Assert.False(agent.IsLoaded);
        Assert.Empty(Directory.GetFiles(Path.Combine(agent.Launchd.Home, "Library"), "*", SearchOption.AllDirectories));
        Assert.DoesNotContain(agent.Label, agent.Launchd.Run("print-disabled", agent.Domain).Out, StringComparison.Ordinal);

        var before = agent.Launchd.Calls.Count;
        Assert.Equal("unchanged", (await agent.RunAsync("UninstallGateway")).Succeeded().Service.Outcome);
        Assert.Empty(agent.ChangesSince(before));
    });
}

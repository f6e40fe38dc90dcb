using System.Globalization;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>The four defects that started the project were found on launchd. Each is tried there as it was met.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class TheFourDefects(PackageFixture package)
{
    [Fact]
    public Task Install_skipped_a_stale_definition_because_the_file_existed_so_it_is_repaired() =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            await agent.DeployAsync("-p:HermesGatewayArguments=old");

            var run = (await agent.RunAsync("InstallGateway", "-p:HermesGatewayArguments=new")).Succeeded();

            Assert.Equal("changed", run.Service.Outcome);
            Assert.Contains("Arguments: old → new", run.Service.Metadata["Differences"], StringComparison.Ordinal);
            Assert.Contains("<string>new</string>", await File.ReadAllTextAsync(agent.Plist), StringComparison.Ordinal);
            Assert.Equal(["/bin/sh", agent.Program, "new"], agent.CommandLine);
        });

    [Fact]
    public Task Start_gave_up_when_the_job_was_not_loaded_so_the_definition_is_loaded() =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            await agent.DeployAsync();
            agent.Launchd.Run("bootout", agent.Target);
            await Agent.UntilAsync(() => !agent.IsLoaded, "unloaded");
            var before = agent.Launchd.Calls.Count;

            var run = (await agent.RunAsync("StartGateway")).Succeeded();

            Assert.Equal("current, current, current", run.Service.Layers);
            Assert.Equal(["bootstrap", "kickstart"], agent.ChangesSince(before));
            Assert.Equal(run.Service.ProcessId, agent.ProcessId);
        });

    [Theory]
    [InlineData(113, "Could not find service \"x\" in domain for user gui: 0\n")]
    [InlineData(3, "")]
    public Task Start_gave_up_when_the_job_was_not_loaded_so_start_is_retried_once(int exit, string words) =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            await agent.DeployAsync();
            // launchd says that it does not hold the job, although it was seen a moment ago.
            agent.Launchd.Faults(new Fault("kickstart") { Call = agent.Next("kickstart"), Exit = exit, Stderr = words, Effect = "none" });
            var before = agent.Launchd.Calls.Count;

            var run = (await agent.RunAsync("RestartGateway")).Succeeded();

            Assert.Equal(["kickstart", "bootout", "bootstrap", "kickstart"], agent.ChangesSince(before));
            Assert.Equal("current, current, current", run.Service.Layers);
        });

    [Fact]
    public Task A_second_failure_of_the_start_is_the_reported_failure_and_there_is_no_third_try() =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            await agent.DeployAsync();
            agent.Launchd.Run("bootout", agent.Target);
            await Agent.UntilAsync(() => !agent.IsLoaded, "unloaded");
            var next = agent.Next("kickstart");
            agent.Launchd.Faults(
                new Fault("bootstrap") { Times = 0, Effect = "none" },
                new Fault("kickstart") { Call = next, Exit = 113, Stderr = "first\n", Effect = "none" },
                new Fault("kickstart") { Call = next + 1, Exit = 113, Stderr = "second\n", Effect = "none" });
            var before = agent.Launchd.Calls.Count;

            var run = await agent.RunAsync("StartGateway");

            Assert.NotEqual(0, run.ExitCode);
            Assert.Equal(["bootstrap", "kickstart", "bootstrap", "kickstart"], agent.ChangesSince(before));
            Assert.Equal("failed", run.Service.Outcome);
            Assert.Contains("second", run.Errors[0].Text, StringComparison.Ordinal);
            Assert.Equal("current, no, no", run.Service.Layers);
        });

    [Fact]
    public Task Restart_swallowed_the_managers_failure_and_ran_in_the_foreground_so_it_is_reported_and_nothing_is_started_outside() =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            await agent.DeployAsync();
            var process = agent.ProcessId;
            agent.Launchd.Faults(new Fault("kickstart")
            {
                Call = agent.Next("kickstart"), Exit = 5, Effect = "none",
                Stderr = $"Could not kickstart service \"{agent.Label}\": 5: Input/output error\n",
            });

            var run = await agent.RunAsync("RestartGateway");

            Assert.NotEqual(0, run.ExitCode);
            Assert.Equal("failed", run.Service.Outcome);
            Assert.Contains("Input/output error", run.Errors[0].Text, StringComparison.Ordinal);
            // What ran still runs, and nothing else does: neither in the foreground nor detached.
            Assert.Equal(process, agent.ProcessId);
            Assert.Equal([process!.Value], ProcessesOf(agent.Program));
        });

    [Fact]
    public Task Status_said_only_not_loaded_so_it_tells_not_installed_stale_and_not_loaded_apart() =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);

            var missing = (await agent.RunAsync("GatewayStatus", "-p:HermesGatewayArguments=new")).Succeeded().Service;
            await agent.DeployAsync("-p:HermesGatewayArguments=old");
            var stale = (await agent.RunAsync("GatewayStatus", "-p:HermesGatewayArguments=new")).Succeeded().Service;
            await agent.DeployAsync("-p:HermesGatewayArguments=new");
            agent.Launchd.Run("bootout", agent.Target);
            await Agent.UntilAsync(() => !agent.IsLoaded, "unloaded");
            var unloaded = (await agent.RunAsync("GatewayStatus", "-p:HermesGatewayArguments=new")).Succeeded().Service;

            Assert.Equal(
                ["missing, no, no", "stale, stale, stale", "current, no, no"],
                new[] { missing, stale, unloaded }.Select(service => service.Layers));
            Assert.All(new[] { missing, stale, unloaded }, service =>
            {
                Assert.Equal(agent.Plist, service.Metadata["DefinitionPath"]);
                Assert.Contains(agent.Plist, service.Metadata["Findings"], StringComparison.Ordinal);
                Assert.Equal($"dotnet msbuild {project} -t:DeployGateway", service.Metadata["Advice"]);
            });
            Assert.Contains("HGW4001", missing.Metadata["Findings"], StringComparison.Ordinal);
            Assert.Contains("HGW4002", stale.Metadata["Findings"], StringComparison.Ordinal);
            Assert.Contains("Arguments: old → new", stale.Metadata["Differences"], StringComparison.Ordinal);
            Assert.Contains("HGW4003", unloaded.Metadata["Findings"], StringComparison.Ordinal);
        });

    /// <summary>The processes that run a program.</summary>
    private static IEnumerable<int> ProcessesOf(string program) =>
        ProcessEntry.Roots(ProcessEntry.Ids().Where(id => Agent.CommandLineOf(id).Contains(program)));
}

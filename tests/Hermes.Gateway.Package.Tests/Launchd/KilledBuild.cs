using System.Diagnostics;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>MSBuild and all its children are killed while the build waits for launchctl; the next build completes what
/// it left. Kills after each single command are in the integration tests (KilledOperation).</summary>
[Collection(LaunchdCollection.Name)]
public sealed class KilledBuild(PackageFixture package)
{
    [Fact]
    public Task During_a_repair_is_completed_by_the_next_build() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");
        agent.Launchd.Faults(new Fault("bootstrap") { Call = agent.Next("bootstrap"), HangSeconds = 120 });
        await KillAtAsync(agent, "bootstrap", "-t:DeployGateway", "-p:HermesGatewayArguments=new");
        agent.Launchd.Faults();

        await agent.DeployAsync("-p:HermesGatewayArguments=new");

        Assert.Equal(["/bin/sh", agent.Program, "new"], agent.CommandLine);
        Assert.Equal("unchanged", (await agent.DeployAsync("-p:HermesGatewayArguments=new")).Service.Outcome);
    });

    [Theory]
    [InlineData("bootstrap")]
    [InlineData("kickstart")]
    public Task During_a_first_deploy_is_completed_by_the_next_build(string verb) => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Faults(new Fault(verb) { HangSeconds = 120 });
        await KillAtAsync(agent, verb, "-t:DeployGateway");
        agent.Launchd.Faults();

        await agent.DeployAsync();
    });

    [Fact]
    public Task During_an_uninstall_is_completed_by_the_next_build() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        agent.Launchd.Faults(new Fault("bootout") { Call = agent.Next("bootout"), HangSeconds = 120 });
        await KillAtAsync(agent, "bootout", "-t:UninstallGateway");
        agent.Launchd.Faults();

        var run = (await agent.RunAsync("UninstallGateway")).Succeeded();

        Assert.Equal("missing, no, no", run.Service.Layers);
        Assert.False(agent.IsLoaded);
    });

    /// <summary>Starts a deploy and kills it, and all that it started, in the moment when it waits for a verb.</summary>
    private static async Task KillAtAsync(Agent agent, string verb, params string[] options)
    {
        using var build = agent.Start(options);
        await Agent.UntilAsync(() => build.HasExited || IsCalling(agent, verb), $"the build waits for {verb}");
        Assert.False(build.HasExited);
        build.Kill(entireProcessTree: true);
        await build.WaitForExitAsync();
    }

    private static bool IsCalling(Agent agent, string verb) => Process.GetProcessesByName("launchctl").Any(process =>
    {
        using (process)
        {
            var words = Agent.CommandLineOf(process.Id);
            return words is [var program, var asked, ..] && program == agent.Launchd.Launchctl && asked == verb;
        }
    });
}

using System.Globalization;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>bootout returns at once; the job stays listed until its process has ended or launchd has killed it.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class ASlowShutdown(PackageFixture package)
{
    [Fact]
    public Task Is_waited_for_and_then_the_new_definition_is_loaded() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project, Agent.Stubborn);
        // 20 seconds of ExitTimeOut pass as 3.
        agent.Launchd.Settings(new { timeScale = 0.15 });
        var first = await agent.DeployAsync("-p:HermesGatewayArguments=old");
        var before = agent.Launchd.Calls.Count;

        await agent.DeployAsync("-p:HermesGatewayArguments=new");

        Assert.Equal(["bootout", "bootstrap", "kickstart"], agent.ChangesSince(before));
        Assert.Equal(["/bin/sh", agent.Program, "new"], agent.CommandLine);
        Assert.False(Directory.Exists($"/proc/{first.Service.ProcessId}"));
        // It was seen on its way.
        Assert.Contains(agent.Launchd.Calls.Skip(before), call => call.Stdout.Contains("state = SIGTERMed", StringComparison.Ordinal));
    });

    [Fact]
    public Task Of_a_job_that_stays_listed_after_its_process_is_waited_for_too() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");
        agent.Launchd.Settings(new { bootoutSeconds = 1.5 });
        var before = agent.Launchd.Calls.Count;

        await agent.DeployAsync("-p:HermesGatewayArguments=new");

        Assert.Equal("bootout", agent.ChangesSince(before)[0]);
        Assert.Single(agent.ChangesSince(before), verb => verb == "bootstrap");
        // It is asked for at intervals that grow, in two domains.
        Assert.InRange(agent.Launchd.Calls.Skip(before).TakeWhile(call => call.Verb != "bootstrap").Count(call => call.Verb == "print"), 4, 24);
    });

    [Fact]
    public Task Beyond_the_deadline_is_reported_with_what_runs_what_starts_it_again_and_what_to_type() =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project, Agent.Stubborn);
            await agent.DeployAsync("-p:HermesGatewayArguments=old");
            var old = agent.ProcessId!.Value;

            var run = await agent.RunAsync("DeployGateway", "-p:HermesGatewayArguments=new", "-p:HermesGatewayTimeoutSeconds=5");

            // Putting the old one back waits for the same process, and no longer.
            run.FailedWith("HGW3011", "HGW4015");
            var error = run.Errors.First(error => error.Code == "HGW3011").Text;
            Assert.Contains($"pid {old.ToString(CultureInfo.InvariantCulture)}", error, StringComparison.Ordinal);
            Assert.Contains("launchd starts it again only at the next login or boot", error, StringComparison.Ordinal);
            Assert.Equal($"launchctl bootstrap {agent.Domain} {agent.Plist}", run.Service.Metadata["Advice"]);
            Assert.Equal(("stale", "no"), (run.Service.Metadata["Installed"], run.Service.Metadata["Loaded"]));
            Assert.True(Directory.Exists($"/proc/{old}"));

            // The advice is true: once the process has ended, the command brings back what ran before.
            agent.Launchd.Settings(new { timeScale = 0.01 });
            await Agent.UntilAsync(() => !agent.IsLoaded, "the old job gone");
            Assert.Equal(0, agent.Launchd.Run(run.Service.Metadata["Advice"].Split(' ')[1..]).Exit);
            var verified = (await agent.RunAsync("VerifyGateway", "-p:HermesGatewayArguments=old")).Succeeded();
            Assert.Equal("current, current, current", verified.Service.Layers);
        });

    [Fact]
    public Task Cut_off_by_the_deadline_is_completed_by_the_next_deploy() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project, Agent.Stubborn);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");
        // 20 seconds of ExitTimeOut are longer than the deploy and its rollback together.
        (await agent.RunAsync("DeployGateway", "-p:HermesGatewayArguments=new", "-p:HermesGatewayTimeoutSeconds=5"))
            .FailedWith("HGW3011", "HGW4015");

        await agent.DeployAsync("-p:HermesGatewayArguments=new");

        Assert.Equal(["/bin/sh", agent.Program, "new"], agent.CommandLine);
    });
}

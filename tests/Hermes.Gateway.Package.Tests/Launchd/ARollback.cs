using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>A deploy that makes a healthy agent worse puts the last good plist and a process of it back, and still fails.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class ARollback(PackageFixture package)
{
    private const string DiesWhenTold =
        "#!/bin/sh\n[ \"$1\" != die ] || exit 3\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n";

    [Fact]
    public Task Brings_the_old_plist_and_its_process_back() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project, DiesWhenTold);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");
        var plist = await File.ReadAllBytesAsync(agent.Plist);

        var run = await agent.RunAsync("DeployGateway", "-p:HermesGatewayArguments=die", Agent.ProofOfLife);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("rolled-back", run.Service.Outcome);
        Assert.Equal(plist, await File.ReadAllBytesAsync(agent.Plist));
        Assert.Equal(["/bin/sh", agent.Program, "old"], agent.CommandLine);
        Assert.Equal("unchanged", (await agent.DeployAsync("-p:HermesGatewayArguments=old")).Service.Outcome);
    });

    [Fact]
    public Task Can_be_turned_off() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project, DiesWhenTold);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");

        var run = await agent.RunAsync(
            "DeployGateway", "-p:HermesGatewayArguments=die", "-p:HermesGatewayRollback=false", Agent.ProofOfLife);

        Assert.Equal("failed", run.Service.Outcome);
        Assert.Contains("<string>die</string>", await File.ReadAllTextAsync(agent.Plist), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_call_from_inside_the_job_is_refused() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        var process = agent.ProcessId;
        // launchd gives it to its jobs, which pass it on to whatever they start.
        agent.Variables["XPC_SERVICE_NAME"] = agent.Label;

        (await agent.RunAsync("RestartGateway")).FailedWith("HGW1015");
        (await agent.RunAsync("DeployGateway", "-p:HermesGatewayArguments=new")).FailedWith("HGW1015");

        Assert.Equal(process, agent.ProcessId);
    });
}

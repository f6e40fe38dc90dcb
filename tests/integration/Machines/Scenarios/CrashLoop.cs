using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>A program that exits at once until systemd refuses to start it (start limit).</summary>
public sealed class CrashLoop(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task Is_reported_and_its_start_limit_is_reset_by_the_deploy_of_a_repaired_program()
    {
        await using var service = new MachineService(Machine, Login.Root, "crasher");
        await service.WriteProgramAsync("echo 'no configuration, no work'\nexit 1");
        await service.WriteDropInAsync("RestartSec=500ms");

        // On a slow machine, the exit of the program is observed late.
        var deploy = await RootProject.RunAsync("DeployGateway", [.. service.Properties, "StabilitySeconds=5"]);
        Assert.NotEqual(0, deploy.Result.ExitCode);
        // The start itself also fails (HGW3006) if the program exits before systemd answers.
        Assert.Equal("HGW4006", Assert.Single(deploy.Errors, code => code != "HGW3006"));
        Assert.Equal("failed", deploy.Service.Outcome);
        Assert.Contains("no configuration, no work", deploy.Service.Log);
        Assert.Contains("exit 1", deploy.Service.Metadata["Findings"], StringComparison.Ordinal);

        await SystemdHost.AwaitAsync(
            "the start limit is reached", async () => await service.ShowAsync("ActiveState") == "failed");
        (await RootProject.RunAsync("VerifyGateway", service.Properties)).FailedWith("HGW4004");
        var status = (await RootProject.RunAsync("GatewayStatus", service.Properties)).Succeeded();
        Assert.Equal("current, current, no", status.Service.Layers);
        Assert.Contains("HGW3007", status.Service.Metadata["Findings"], StringComparison.Ordinal);
        Assert.Contains("no configuration, no work", status.Service.Log);

        await service.WriteProgramAsync("exec sleep 600");
        var repaired = (await RootProject.RunAsync("DeployGateway", service.Properties)).Succeeded().Service;
        Assert.Equal("current, current, current", repaired.Layers);
        await service.AssertRunsAsync(repaired.ProcessId);
        Assert.Equal("0", await service.ShowAsync("NRestarts"));
    }
}

using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>Services of <c>Type=notify</c>: that the process lives is no success, that it says it is ready is.</summary>
public sealed class Readiness(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task A_system_service_is_deployed_only_once_it_is_ready()
    {
        await using var service = new MachineService(Machine, Login.Root, "ready");
        await DeployAsync(RootProject, service);
    }

    [Fact]
    public async Task A_users_service_is_deployed_only_once_it_is_ready()
    {
        var user = await Machine.AddUserAsync("readier", lingers: true);
        await using var service = new MachineService(Machine, user, "readier");
        await DeployAsync(await GatewayProject.WritePlainAsync(Machine, user, MachineFixture.Feed), service);
    }

    [Fact]
    public async Task A_service_that_never_is_ready_fails_the_deploy_within_its_deadline()
    {
        await using var service = new MachineService(Machine, Login.Root, "never-ready");

        var deploy = (await RootProject.RunAsync(
            "DeployGateway", [.. await NotifyAsync(service), "TimeoutSeconds=4"])).FailedWith("HGW3002", "HGW4004");

        Assert.Equal("failed", deploy.Service.Outcome);
        // A last look at how things are included; not the 30 seconds of others, nor the manager's 90.
        Assert.InRange(deploy.Service.Duration, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(14));
        Assert.Contains("activating (start)", deploy.Text, StringComparison.Ordinal);
        // It waits on: the deploy has only stopped asking.
        Assert.Equal("activating", await service.ShowAsync("ActiveState"));
    }

    [Fact]
    public async Task A_manager_that_gives_up_the_wait_for_readiness_is_reported_with_its_words()
    {
        await using var service = new MachineService(Machine, Login.Root, "late-ready");
        // Enough for its first words.
        await service.OverrideAsync("TimeoutStartSec=5", "Restart=no");

        var deploy = (await RootProject.RunAsync("DeployGateway", await NotifyAsync(service)))
            .FailedWith("HGW3006", "HGW4004");

        Assert.Contains("timeout", deploy.Service.Metadata["Findings"], StringComparison.Ordinal);
        Assert.Contains("starting", deploy.Service.Log);
        Assert.Equal("failed", await service.ShowAsync("ActiveState"));
        Assert.Equal("timeout", await service.ShowAsync("Result"));
    }

    private async Task DeployAsync(GatewayProject project, MachineService service)
    {
        var fifo = $"{service.Folder}/fifo";
        await Machine.WriteAsync($"{service.Folder}/README", "The way to tell the program that it is ready.", project.Login.Name);
        (await Machine.ExecAsync(project.Login, "mkfifo", fifo)).Succeeded();

        var deploying = project.RunAsync("DeployGateway", [.. await NotifyAsync(service), $"Arguments={fifo}"]);
        await SystemdHost.AwaitAsync("the process has been started", async () => await service.ShowAsync("MainPID") != "0");
        Assert.Equal("activating", await service.ShowAsync("ActiveState"));
        Assert.False(deploying.IsCompleted);

        // The shell waits until the program reads.
        (await Machine.ExecAsync(project.Login, "timeout", "20", "sh", "-c", $"echo ready > {fifo}")).Succeeded();
        var deployed = (await deploying).Succeeded().Service;

        Assert.Equal(("changed", "current, current, current"), (deployed.Outcome, deployed.Layers));
        await service.AssertRunsAsync(deployed.ProcessId);
        Assert.Equal("notify", await service.ShowAsync("Type"));
    }

    // Built by the first test that needs it.
    private async Task<string[]> NotifyAsync(MachineService service)
    {
        const string program = "/srv/Notifier/bin/Debug/net10.0/Notifier";
        if ((await Machine.ExecAsync(Login.Root, "test", "-x", program)).ExitCode != 0)
        {
            var notifier = await GatewayProject.CopyAsync(Machine, Login.Root, "Notifier", "/srv/Notifier", MachineFixture.Feed);
            (await notifier.DotnetAsync("build")).Succeeded();
        }

        return [.. service.Properties.Where(property => !property.StartsWith("Program=", StringComparison.Ordinal)),
            $"Program={program}", "SystemdType=notify"];
    }
}

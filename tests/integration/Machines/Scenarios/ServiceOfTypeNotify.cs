using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>Services of <c>Type=notify</c>: a deploy succeeds only after the program has sent READY=1 (sd_notify(3)).</summary>
public sealed class ServiceOfTypeNotify(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task Deploy_of_a_system_service_succeeds_only_after_it_has_sent_READY()
    {
        await using var service = new MachineService(Machine, Login.Root, "ready");
        await DeployAsync(RootProject, service);
    }

    [Fact]
    public async Task Deploy_of_a_user_service_succeeds_only_after_it_has_sent_READY()
    {
        var user = await Machine.AddUserAsync("readier", lingers: true);
        await using var service = new MachineService(Machine, user, "readier");
        await DeployAsync(await GatewayProject.WritePlainAsync(Machine, user, MachineFixture.Feed), service);
    }

    [Fact]
    public async Task Service_that_never_sends_READY_fails_the_deploy_at_its_deadline()
    {
        await using var service = new MachineService(Machine, Login.Root, "never-ready");

        var deploy = (await RootProject.RunAsync(
            "DeployGateway", [.. await NotifyAsync(service), "TimeoutSeconds=10"])).FailedWith("HGW3002", "HGW4004");

        Assert.Equal("failed", deploy.Service.Outcome);
        // The timeout and the last observation; less than the default timeout of 30 s and the 90 s of TimeoutStartSec.
        Assert.InRange(deploy.Service.Duration, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(25));
        Assert.Contains("activating (start)", deploy.Text, StringComparison.Ordinal);
        // The deploy stops polling and leaves the start to systemd.
        Assert.Equal("activating", await service.ShowAsync("ActiveState"));
    }

    [Fact]
    public async Task Start_timeout_of_systemd_fails_the_deploy_and_is_reported_with_the_log()
    {
        await using var service = new MachineService(Machine, Login.Root, "late-ready");
        // Long enough for the first line of the log.
        await service.WriteDropInAsync("TimeoutStartSec=5", "Restart=no");

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
        await Machine.WriteAsync($"{service.Folder}/README", "A write to the FIFO makes the program send READY=1.", project.Login.Name);
        (await Machine.ExecAsync(project.Login, "mkfifo", fifo)).Succeeded();

        var deploying = project.RunAsync("DeployGateway", [.. await NotifyAsync(service), $"Arguments={fifo}"]);
        await SystemdHost.AwaitAsync("the process has been started", async () => await service.ShowAsync("MainPID") != "0");
        Assert.Equal("activating", await service.ShowAsync("ActiveState"));
        Assert.False(deploying.IsCompleted);

        // The write blocks until the program reads.
        (await Machine.ExecAsync(project.Login, "timeout", "20", "sh", "-c", $"echo ready > {fifo}")).Succeeded();
        var deployed = (await deploying).Succeeded().Service;

        Assert.Equal(("changed", "current, current, current"), (deployed.Outcome, deployed.Layers));
        await service.AssertRunsAsync(deployed.ProcessId);
        Assert.Equal("notify", await service.ShowAsync("Type"));
    }

    // Builds the Notifier if no earlier test has built it.
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

using System.Globalization;
using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>Child processes of a service that run after its main process has exited.</summary>
public sealed class LeftoverProcesses(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task Processes_spared_by_KillMode_are_reported_by_stop_status_and_uninstall()
    {
        await using var service = new MachineService(Machine, Login.Root, "parent");
        await service.WriteProgramAsync($"sleep 600 & echo $! > {service.Folder}/child\nexec sleep 600");
        await service.WriteDropInAsync("KillMode=process");
        (await RootProject.RunAsync("DeployGateway", service.Properties)).Succeeded();
        var child = await ChildAsync(service);
        try
        {
            var named = $"pid {child} (sleep)";
            var stop = (await RootProject.RunAsync("StopGateway", service.Properties)).Succeeded();
            Assert.Equal("inactive", await service.ShowAsync("ActiveState"));
            Assert.True(await service.IsAliveAsync(child));
            Assert.Contains("HGW4016", stop.Warnings);
            Assert.Contains(named, stop.Text, StringComparison.Ordinal);

            var status = (await RootProject.RunAsync("GatewayStatus", service.Properties)).Succeeded();
            Assert.Contains(named, status.Service.Report.GetProperty("evidence").GetProperty("running").GetString(), StringComparison.Ordinal);

            var uninstall = (await RootProject.RunAsync("UninstallGateway", service.Properties)).Succeeded();
            Assert.True(await service.IsAliveAsync(child));
            Assert.Contains("HGW4016", uninstall.Warnings);
            Assert.Contains(named, uninstall.Text, StringComparison.Ordinal);
        }
        finally
        {
            await Machine.RunAsync("kill", child.ToString(CultureInfo.InvariantCulture));
        }

        await SystemdHost.AwaitAsync("the child has ended", async () => !await service.IsAliveAsync(child));
        var gone = (await RootProject.RunAsync("UninstallGateway", service.Properties)).Succeeded();
        Assert.Empty(gone.Warnings);
    }

    [Fact]
    public async Task Child_that_ignores_SIGTERM_fails_the_stop_and_is_reported()
    {
        await using var service = new MachineService(Machine, Login.Root, "child-ignores-term");
        await service.WriteProgramAsync(
            $"(trap '' TERM; exec sleep 600) & echo $! > {service.Folder}/child\nexec sleep 600");
        await service.WriteDropInAsync("TimeoutStopSec=300");
        var process = (await RootProject.RunAsync("DeployGateway", service.Properties)).Succeeded().Service.ProcessId;
        var child = await ChildAsync(service);

        var stop = (await RootProject.RunAsync("StopGateway", [.. service.Properties, "TimeoutSeconds=4"]))
            .FailedWith("HGW3002", "HGW4009");
        Assert.Contains("still runs: deactivating", stop.Text, StringComparison.Ordinal);
        Assert.Contains($"pid {child} (sleep)", stop.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("no process", stop.Text, StringComparison.Ordinal);
        Assert.False(await service.IsAliveAsync(process));
        Assert.True(await service.IsAliveAsync(child));
    }

    // The service is active before its program has started the child.
    private async Task<int> ChildAsync(MachineService service)
    {
        await SystemdHost.AwaitAsync("the child sleeps", async () => (await Machine.ExecAsync(
            Login.Root, "/bin/sh", "-c", $"cat /proc/$(cat {service.Folder}/child)/comm")).Output == "sleep\n");
        return int.Parse(await Machine.RunAsync("cat", $"{service.Folder}/child"), CultureInfo.InvariantCulture);
    }
}

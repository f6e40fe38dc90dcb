using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>A program that ignores SIGTERM: systemd kills it after TimeoutStopSec.</summary>
public sealed class ProgramThatIgnoresSigterm(MachineFixture fixture) : MachineTests(fixture)
{
    // A handler, unlike an ignored signal, is not inherited by the child: SIGTERM ends sleep, and the shell starts another.
    private const string Program = "trap : TERM\nwhile :; do sleep 600 & wait; done";

    [Fact]
    public async Task Restart_and_stop_succeed_after_systemd_has_killed_it()
    {
        await using var service = new MachineService(Machine, Login.Root, "ignores-term");
        await service.WriteProgramAsync(Program);
        await service.WriteDropInAsync("TimeoutStopSec=1");
        var deployed = (await RootProject.RunAsync("DeployGateway", service.Properties)).Succeeded().Service;

        var restarted = (await RootProject.RunAsync("RestartGateway", service.Properties)).Succeeded().Service;
        Assert.NotEqual(deployed.ProcessId, restarted.ProcessId);
        Assert.False(await service.IsAliveAsync(deployed.ProcessId));
        await service.AssertRunsAsync(restarted.ProcessId);

        var stopped = (await RootProject.RunAsync("StopGateway", service.Properties)).Succeeded().Service;
        Assert.Equal("current, current, no", stopped.Layers);
        Assert.False(await service.IsAliveAsync(restarted.ProcessId));
        Assert.Equal("timeout", await service.ShowAsync("Result"));
    }

    [Fact]
    public async Task Stop_restart_and_uninstall_with_a_shorter_deadline_fail_and_report_that_it_runs()
    {
        await using var service = new MachineService(Machine, Login.Root, "ignores-term-long");
        await service.WriteProgramAsync(Program);
        await service.WriteDropInAsync("TimeoutStopSec=300");
        var process = (await RootProject.RunAsync("DeployGateway", service.Properties)).Succeeded().Service.ProcessId;

        string[] withShortTimeout = [.. service.Properties, "TimeoutSeconds=4"];
        var stop = (await RootProject.RunAsync("StopGateway", withShortTimeout)).FailedWith("HGW3002", "HGW4009");
        Assert.Contains("still runs: deactivating", stop.Text, StringComparison.Ordinal);
        // The timeout and the last observation; less than the default timeout of 30 s.
        Assert.InRange(stop.Service.Duration, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(14));
        Assert.Equal(process, stop.Service.ProcessId);
        Assert.True(await service.IsAliveAsync(process));

        (await RootProject.RunAsync("RestartGateway", withShortTimeout)).FailedWith("HGW3002", "HGW4004", "HGW4005");
        var uninstall = (await RootProject.RunAsync("UninstallGateway", withShortTimeout)).FailedWith("HGW3002", "HGW4009");
        Assert.Equal(process, uninstall.Service.ProcessId);
        Assert.True(await service.IsAliveAsync(process));
    }
}

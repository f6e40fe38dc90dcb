using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>A program that does not hear SIGTERM: the manager ends it by force after TimeoutStopSec.</summary>
public sealed class DeafServices(MachineFixture fixture) : MachineTests(fixture)
{
    // The empty handler is inherited by no child; so the shell itself waits, and goes on waiting.
    private const string Deaf = "trap : TERM\nwhile :; do sleep 600 & wait; done";

    [Fact]
    public async Task A_restart_and_a_stop_succeed_once_the_manager_has_ended_it_by_force()
    {
        await using var service = new MachineService(Machine, Login.Root, "deaf");
        await service.WriteProgramAsync(Deaf);
        await service.OverrideAsync("TimeoutStopSec=1");
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
    public async Task A_stop_and_an_uninstall_whose_deadline_is_shorter_say_that_it_still_runs()
    {
        await using var service = new MachineService(Machine, Login.Root, "very-deaf");
        await service.WriteProgramAsync(Deaf);
        await service.OverrideAsync("TimeoutStopSec=300");
        var process = (await RootProject.RunAsync("DeployGateway", service.Properties)).Succeeded().Service.ProcessId;

        string[] hasty = [.. service.Properties, "TimeoutSeconds=4"];
        var stop = (await RootProject.RunAsync("StopGateway", hasty)).FailedWith("HGW3002", "HGW4009");
        Assert.Contains("still runs: deactivating", stop.Text, StringComparison.Ordinal);
        // A last look at how things are included; not the 30 seconds of others.
        Assert.InRange(stop.Service.Duration, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(14));
        Assert.Equal(process, stop.Service.ProcessId);
        Assert.True(await service.IsAliveAsync(process));

        (await RootProject.RunAsync("RestartGateway", hasty)).FailedWith("HGW3002", "HGW4004", "HGW4005");
        var uninstall = (await RootProject.RunAsync("UninstallGateway", hasty)).FailedWith("HGW3002", "HGW4009");
        Assert.Equal(process, uninstall.Service.ProcessId);
        Assert.True(await service.IsAliveAsync(process));
    }
}

using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>The machine goes down: orderly, by a cut of its power, and in the middle of a deploy.</summary>
public sealed class Reboots(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task A_system_service_and_one_of_a_lingering_user_are_up_again_without_a_deploy()
    {
        var user = await Machine.AddUserAsync("boots", lingers: true);
        var (theirs, ours) = (RootProject.As(user), RootProject);
        await using var own = new SleepService(Machine, user, "boots-own", isUserUnit: true);
        await using var system = new SleepService(Machine, Login.Root, "boots-system", isUserUnit: false);
        (await theirs.RunAsync("DeployGateway", own.Properties)).Succeeded();
        (await ours.RunAsync("DeployGateway", system.Properties)).Succeeded();

        foreach (var goDown in new[] { Machine.RestartAsync, Machine.CutPowerAsync })
        {
            var boot = await WhenBootedAsync();
            await goDown();
            Assert.NotEqual(boot, await WhenBootedAsync());
            // PID 1 is not asked to wait for what a user's manager starts.
            await SystemdHost.AwaitAsync("the user's services are up", async () =>
                (await own.SystemctlAsync("is-system-running", "--wait")).Output.TrimEnd() == "running");

            var verified = await Task.WhenAll(
                theirs.RunAsync("VerifyGateway", own.Properties), ours.RunAsync("VerifyGateway", system.Properties));
            await own.AssertUpAsync(verified[0].Succeeded().Service.ProcessId);
            await system.AssertUpAsync(verified[1].Succeeded().Service.ProcessId);
        }
    }

    [Fact]
    public async Task A_deploy_that_a_power_cut_ended_is_told_by_the_next_status_and_completed_by_the_next_deploy()
    {
        await using var service = new SleepService(Machine, Login.Root, "cut", isUserUnit: false);
        var project = RootProject;
        // What was written and started is there by then; the proof is not.
        await Machine.WriteAsync("/srv/cut/health", "#!/bin/sh\n: > /srv/cut/asked\nexec sleep 600\n", mode: "755");
        string[] properties = [.. service.Properties, "HealthCheck=exec:/srv/cut/health"];
        await Machine.RunAsync(
            [
                "/bin/sh", "-c", "setsid \"$@\" >/dev/null 2>&1 </dev/null &", "sh", "dotnet", "msbuild", project.File,
                "-t:DeployGateway", .. properties.Select(property => $"-p:HermesGateway{property}"),
            ]);
        await SystemdHost.AwaitAsync("the health check is asked", async () =>
            (await Machine.ExecAsync(Login.Root, "test", "-e", "/srv/cut/asked")).ExitCode == 0);

        await Machine.CutPowerAsync();

        var status = (await project.RunAsync("GatewayStatus", service.Properties)).Succeeded().Service;
        Assert.StartsWith("a deploy of cut, begun ", status.Told("HGW1014").Message, StringComparison.Ordinal);
        var deployed = (await project.RunAsync("DeployGateway", service.Properties)).Succeeded();
        Assert.Equal(["HGW1014"], deployed.Warnings);
        await service.AssertUpAsync(deployed.Service.ProcessId);
        var after = (await project.RunAsync("GatewayStatus", service.Properties)).Succeeded().Service;
        Assert.Equal("current, current, current", after.Layers);
        Assert.Empty(after.Codes("warning"));
    }

    // Not the boot's id, which is the kernel's: containers have that of their host.
    private Task<string> WhenBootedAsync() =>
        Machine.RunAsync("systemctl", "show", "--property=UserspaceTimestampMonotonic");
}

using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>The machine is restarted by a shutdown or by a power cut, also during a deploy.</summary>
public sealed class RebootOfTheMachine(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task System_service_and_service_of_a_lingering_user_run_again_without_a_deploy()
    {
        var user = await Machine.AddUserAsync("boots", lingers: true);
        var (userProject, rootProject) = (RootProject.As(user), RootProject);
        await using var own = new SleepService(Machine, user, "boots-own", isUserUnit: true);
        await using var system = new SleepService(Machine, Login.Root, "boots-system", isUserUnit: false);
        (await userProject.RunAsync("DeployGateway", own.Properties)).Succeeded();
        (await rootProject.RunAsync("DeployGateway", system.Properties)).Succeeded();

        foreach (var restart in new[] { Machine.RestartAsync, Machine.CutPowerAsync })
        {
            var boot = await GetBootTimeAsync();
            await restart();
            Assert.NotEqual(boot, await GetBootTimeAsync());
            // The boot of PID 1 does not wait for the services of a user manager.
            await SystemdHost.AwaitAsync("the user's services run", async () =>
                (await own.SystemctlAsync("is-system-running", "--wait")).Output.TrimEnd() == "running");

            var verified = await Task.WhenAll(
                userProject.RunAsync("VerifyGateway", own.Properties), rootProject.RunAsync("VerifyGateway", system.Properties));
            await own.AssertUpAsync(verified[0].Succeeded().Service.ProcessId);
            await system.AssertUpAsync(verified[1].Succeeded().Service.ProcessId);
        }
    }

    [Fact]
    public async Task Deploy_interrupted_by_a_power_cut_is_reported_by_status_and_completed_by_the_next_deploy()
    {
        await using var service = new SleepService(Machine, Login.Root, "cut", isUserUnit: false);
        var project = RootProject;
        // At the health check, the unit is written and started, and the deploy is not verified.
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
        Assert.StartsWith("a deploy of cut, begun ", status.SingleFinding("HGW1014").Message, StringComparison.Ordinal);
        var deployed = (await project.RunAsync("DeployGateway", service.Properties)).Succeeded();
        Assert.Equal(["HGW1014"], deployed.Warnings);
        await service.AssertUpAsync(deployed.Service.ProcessId);
        var after = (await project.RunAsync("GatewayStatus", service.Properties)).Succeeded().Service;
        Assert.Equal("current, current, current", after.Layers);
        Assert.Empty(after.Codes("warning"));
    }

    // The boot id is that of the kernel, which containers share with their host.
    private Task<string> GetBootTimeAsync() =>
        Machine.RunAsync("systemctl", "show", "--property=UserspaceTimestampMonotonic");
}

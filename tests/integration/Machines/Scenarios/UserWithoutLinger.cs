using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>User services of an account for which linger is off: they run only during a session of the user.</summary>
public sealed class UserWithoutLinger(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task Deploy_without_a_session_is_refused_and_succeeds_after_the_advised_command()
    {
        var user = await Machine.AddUserAsync("lena", lingers: false);
        await using var service = new SleepService(Machine, user, "lena", isUserUnit: true);
        var project = RootProject.As(user);
        var before = await Machine.ListFilesAsync(user);

        // Without polkit on the machine, only root may enable linger.
        var denied = (await project.RunAsync("DeployGateway", [.. service.Properties, "EnableLinger=true"]))
            .FailedWith("HGW1010");
        Assert.Equal("sudo loginctl enable-linger lena", denied.Service.SingleFinding("HGW1010").Advice);
        var refused = (await project.RunAsync("DeployGateway", service.Properties)).FailedWith("HGW1008");
        Assert.Equal("missing, unknown, unknown", refused.Service.Layers);
        Assert.Equal(before, await Machine.ListFilesAsync(user));
        Assert.False(await LingersAsync("lena"));

        await RunAdvisedCommandAsync(refused.Service.SingleFinding("HGW1008"), "loginctl enable-linger lena");
        // Without a wait: the user manager may still be starting.
        var deployed = (await project.RunAsync("DeployGateway", service.Properties)).Succeeded();
        Assert.Empty(deployed.Warnings);
        await service.AssertUpAsync(deployed.Service.ProcessId);
    }

    [Fact]
    public async Task Deploy_in_a_session_warns_that_the_service_ends_with_it_until_the_advised_command_is_run()
    {
        var user = await Machine.AddUserAsync("lisa", lingers: false);
        await using var service = new SleepService(Machine, user, "lisa", isUserUnit: true);
        var project = RootProject.As(user);
        var session = $"user@{user.UserId}.service";
        await Machine.RunAsync("systemctl", "start", session);

        var deployed = (await project.RunAsync("DeployGateway", service.Properties)).Succeeded();
        Assert.Equal(["HGW1013"], deployed.Warnings);
        // The warning is printed before the steps, not only in the report.
        Assert.InRange(
            deployed.Text.IndexOf("warning HGW1013", StringComparison.Ordinal), 0,
            deployed.Text.IndexOf("deploy of lisa", StringComparison.Ordinal));
        await service.AssertUpAsync(deployed.Service.ProcessId);

        // The service ends with the session.
        await Machine.RunAsync("systemctl", "stop", session);
        Assert.False(await ExistsAsync($"/proc/{deployed.Service.ProcessId}"));
        await RunAdvisedCommandAsync(deployed.Service.SingleFinding("HGW1013"), "loginctl enable-linger lisa");
        await SystemdHost.AwaitAsync("the service of lisa runs without a session", service.IsActiveAsync);
        var again = (await project.RunAsync("DeployGateway", service.Properties)).Succeeded();
        Assert.Equal("unchanged", again.Service.Outcome);
        Assert.Empty(again.Warnings);
    }

    [Fact]
    public async Task Property_EnableLinger_enables_linger_for_root()
    {
        var root = Login.Root with { Variables = new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = "/run/user/0" } };
        Assert.False(await LingersAsync("root"));
        await using (var service = new SleepService(Machine, root, "lingering-root", isUserUnit: true))
        {
            string[] properties = [.. service.Properties, "EnableLinger=true"];
            var deployed = (await RootProject.RunAsync("DeployGateway", properties)).Succeeded();
            Assert.Empty(deployed.Warnings);
            Assert.True(await LingersAsync("root"));
            await service.AssertUpAsync(deployed.Service.ProcessId);
        }

        await Machine.RunAsync("loginctl", "disable-linger", "root");
        await Machine.RunAsync("systemctl", "stop", "user@0.service");
    }

    private Task<bool> LingersAsync(string name) => ExistsAsync($"/var/lib/systemd/linger/{name}");

    private async Task<bool> ExistsAsync(string path) =>
        (await Machine.ExecAsync(Login.Root, "test", "-e", path)).ExitCode == 0;

    // Runs the command in the advice as root; further text follows it in the advice.
    private async Task RunAdvisedCommandAsync(ReportedFinding finding, string command)
    {
        Assert.StartsWith($"{command} (with sudo, if it is denied)", finding.Advice, StringComparison.Ordinal);
        await Machine.ShellAsync(finding.Advice[..command.Length]);
    }
}

using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>Lingering: whether a user's services run without a login. That it is off is told, with the command that
/// turns it on.</summary>
public sealed class Lingering(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task Without_a_login_nothing_is_touched_and_the_pasted_command_is_all_that_is_missing()
    {
        var user = await Machine.AddUserAsync("lena", lingers: false);
        await using var service = new SleepService(Machine, user, "lena", isUserUnit: true);
        var project = RootProject.As(user);
        var before = await Machine.ListFilesAsync(user);

        // Nobody is there to ask a polkit that is not there.
        var denied = (await project.RunAsync("DeployGateway", [.. service.Properties, "EnableLinger=true"]))
            .FailedWith("HGW1010");
        Assert.Equal("sudo loginctl enable-linger lena", denied.Service.Told("HGW1010").Advice);
        var refused = (await project.RunAsync("DeployGateway", service.Properties)).FailedWith("HGW1008");
        Assert.Equal("missing, unknown, unknown", refused.Service.Layers);
        Assert.Equal(before, await Machine.ListFilesAsync(user));
        Assert.False(await LingersAsync("lena"));

        await PasteAsync(refused.Service.Told("HGW1008"), "loginctl enable-linger lena");
        // At once: the manager may still be on its way.
        var deployed = (await project.RunAsync("DeployGateway", service.Properties)).Succeeded();
        Assert.Empty(deployed.Warnings);
        await service.AssertUpAsync(deployed.Service.ProcessId);
    }

    [Fact]
    public async Task In_a_session_a_deploy_tells_that_the_service_ends_with_it_until_the_command_is_pasted()
    {
        var user = await Machine.AddUserAsync("lisa", lingers: false);
        await using var service = new SleepService(Machine, user, "lisa", isUserUnit: true);
        var project = RootProject.As(user);
        var session = $"user@{user.UserId}.service";
        await Machine.RunAsync("systemctl", "start", session);

        var deployed = (await project.RunAsync("DeployGateway", service.Properties)).Succeeded();
        Assert.Equal(["HGW1013"], deployed.Warnings);
        // While the steps are still ahead, and not only in the report of them.
        Assert.InRange(
            deployed.Text.IndexOf("warning HGW1013", StringComparison.Ordinal), 0,
            deployed.Text.IndexOf("deploy of lisa", StringComparison.Ordinal));
        await service.AssertUpAsync(deployed.Service.ProcessId);

        // It was the truth.
        await Machine.RunAsync("systemctl", "stop", session);
        Assert.False(await ExistsAsync($"/proc/{deployed.Service.ProcessId}"));
        await PasteAsync(deployed.Service.Told("HGW1013"), "loginctl enable-linger lisa");
        await SystemdHost.AwaitAsync("the service of lisa is up by itself", service.IsActiveAsync);
        var again = (await project.RunAsync("DeployGateway", service.Properties)).Succeeded();
        Assert.Equal("unchanged", again.Service.Outcome);
        Assert.Empty(again.Warnings);
    }

    [Fact]
    public async Task Root_turns_it_on_for_a_service_of_his_own_by_a_property()
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

    // The command itself, as root: the advice goes on with what else there is.
    private async Task PasteAsync(ToldFinding finding, string command)
    {
        Assert.StartsWith($"{command} (with sudo, if it is denied)", finding.Advice, StringComparison.Ordinal);
        await Machine.ShellAsync(finding.Advice[..command.Length]);
    }
}

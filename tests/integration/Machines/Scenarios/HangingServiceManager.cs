using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>A service manager that runs and does not answer: commands are killed at the deadline, and layers are unknown.</summary>
public sealed class HangingServiceManager(MachineFixture fixture) : MachineTests(fixture)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    // After the deadline, the last command and the last observation take up to 2 s each; the rest is for a busy machine. It is
    // shorter than the hanging commands by themselves: 20 s for the reload, 25 s for systemctl (its D-Bus timeout).
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Hanging_daemon_reload_fails_the_deploy_at_its_deadline_and_the_next_deploy_completes_it()
    {
        const string generator = "/etc/systemd/system-generators/slow";
        await using var service = new MachineService(Machine, Login.Root, "hanging-reload");
        await service.WriteProgramAsync("exec sleep 600");
        try
        {
            await Machine.WriteAsync(generator, "#!/bin/sh\necho $$ > /run/slow-generator\nexec sleep 20\n", mode: "755");

            var failed = await RootProject.RunAsync("DeployGateway", [.. service.Properties, "TimeoutSeconds=5"]);

            Assert.Contains("HGW3002", failed.Errors);
            Assert.NotEqual(0, failed.Result.ExitCode);
            Assert.Contains("daemon-reload did not end within", failed.Text, StringComparison.Ordinal);
            Assert.Equal(("failed", "current, unknown, unknown"), (failed.Service.Outcome, failed.Service.Layers));
            Assert.InRange(failed.Service.Duration, Deadline, Deadline + Grace);
        }
        finally
        {
            await Machine.RunAsync("rm", "--force", generator);
            await Machine.ExecAsync(Login.Root, "sh", "-c", "kill $(cat /run/slow-generator)");
        }

        var deployed = (await RootProject.RunAsync("DeployGateway", service.Properties)).Succeeded().Service;
        Assert.Equal(("changed", "current, current, current"), (deployed.Outcome, deployed.Layers));
        await service.AssertRunsAsync(deployed.ProcessId);
    }

    [Fact]
    public async Task Every_verb_ends_at_its_deadline_and_reports_unknown_layers_when_a_user_manager_is_stopped()
    {
        var user = await Machine.AddUserAsync("frozen", lingers: true);
        await using var service = new MachineService(Machine, user, "frozen");
        await service.WriteProgramAsync("exec sleep 600");
        var project = await GatewayProject.WritePlainAsync(Machine, user, MachineFixture.Feed);
        var process = (await project.RunAsync("DeployGateway", service.Properties)).Succeeded().Service.ProcessId;
        var manager = await Machine.RunAsync("systemctl", "show", "--property=MainPID", "--value", $"user@{user.UserId}.service");
        await Machine.RunAsync("kill", "-STOP", manager);
        try
        {
            string[] verbs =
            [
                "GatewayStatus", "PlanGateway", "VerifyGateway", "DeployGateway", "InstallGateway", "StartGateway",
                "RestartGateway", "StopGateway", "UninstallGateway",
            ];
            foreach (var verb in verbs)
            {
                var run = await project.RunAsync(verb, [.. service.Properties, "TimeoutSeconds=1"]);
                Assert.True(verb == "GatewayStatus" == (run.Result.ExitCode == 0), run.Result.ToString());
                Assert.True("current, unknown, unknown" == run.Service.Layers, $"{run.Service.Layers}\n{run.Result}");
                var outcome = verb == "GatewayStatus" ? "unchanged" : "failed";
                Assert.True(run.Service.Outcome == outcome, run.Result.ToString());
                Assert.True(run.Service.Duration < TimeSpan.FromSeconds(1) + Grace, $"{run.Service.Duration}\n{run.Result}");
                Assert.Null(run.Service.ProcessId);
            }
        }
        finally
        {
            await Machine.RunAsync("kill", "-CONT", manager);
        }

        // The process has not changed.
        await service.AssertRunsAsync(process);
        var verified = (await project.RunAsync("VerifyGateway", service.Properties)).Succeeded().Service;
        Assert.Equal(process, verified.ProcessId);
    }
}

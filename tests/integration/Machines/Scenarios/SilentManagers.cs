using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>A manager that is there and does not answer: commands are cut off, and nothing is claimed to be known.</summary>
public sealed class SilentManagers(MachineFixture fixture) : MachineTests(fixture)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    // A moment for the last command, a last look at how things are, which take 2 seconds each, and what the machine makes of
    // it. Less than what hangs here takes by itself: the reload 20, systemctl without an answer 25 seconds.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_reload_that_hangs_fails_the_deploy_within_its_deadline_and_the_next_one_completes_it()
    {
        const string generator = "/etc/systemd/system-generators/slow";
        await using var service = new MachineService(Machine, Login.Root, "cut-off");
        await service.WriteProgramAsync("exec sleep 600");
        try
        {
            await Machine.WriteAsync(generator, "#!/bin/sh\necho $$ > /run/slow-generator\nexec sleep 20\n", mode: "755");

            var cutOff = await RootProject.RunAsync("DeployGateway", [.. service.Properties, "TimeoutSeconds=5"]);

            Assert.Contains("HGW3002", cutOff.Errors);
            Assert.NotEqual(0, cutOff.Result.ExitCode);
            Assert.Contains("daemon-reload did not end within", cutOff.Text, StringComparison.Ordinal);
            Assert.Equal(("failed", "current, unknown, unknown"), (cutOff.Service.Outcome, cutOff.Service.Layers));
            Assert.InRange(cutOff.Service.Duration, Deadline, Deadline + Grace);
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
    public async Task When_a_users_manager_hangs_every_verb_ends_in_time_and_claims_nothing()
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

        // Nothing was touched meanwhile.
        await service.AssertRunsAsync(process);
        var verified = (await project.RunAsync("VerifyGateway", service.Properties)).Succeeded().Service;
        Assert.Equal(process, verified.ProcessId);
    }
}

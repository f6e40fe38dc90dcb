using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>XDG_RUNTIME_DIR and DBUS_SESSION_BUS_ADDRESS of the caller are not set, or name the user manager of another account.</summary>
public sealed class CallerWithoutItsManagerEnvironment(MachineFixture fixture) : MachineTests(fixture)
{
    private static readonly IReadOnlyDictionary<string, string> NoVariables = new Dictionary<string, string>();

    [Fact]
    public async Task Every_verb_reaches_the_running_manager_of_the_user()
    {
        var user = await Machine.AddUserAsync("wanda", lingers: true);
        var other = await Machine.AddUserAsync("walter", lingers: true);
        await using var service = new SleepService(Machine, user, "wanda", isUserUnit: true);
        foreach (var variables in new[] { NoVariables, EnvironmentOf(other) })
        {
            var project = RootProject.As(user with { Variables = variables });
            // One build runs all verbs, in an order in which each has something to change or to observe.
            var verbs = await RunAllAsync(project, service,
                [
                    "PlanGateway", "InstallGateway", "DeployGateway", "VerifyGateway", "RestartGateway", "StopGateway",
                    "StartGateway", "GatewayStatus",
                ]);
            foreach (var verb in new[] { "plan", "install", "deploy", "verify", "restart", "stop", "start", "status" })
                Assert.Contains($"-> {verb} of wanda: ", verbs, StringComparison.Ordinal);
            Assert.DoesNotContain("HGW", verbs, StringComparison.Ordinal);
            Assert.True(await service.IsActiveAsync());
            Assert.False(await IsKnownToAsync(other, service));

            var gone = await RunAllAsync(project, service, ["UninstallGateway"]);
            Assert.Contains("-> uninstall of wanda: done", gone, StringComparison.Ordinal);
            Assert.False(await service.IsActiveAsync());
            Assert.NotEqual(0, (await Machine.ExecAsync(Login.Root, "test", "-e", service.UnitPath)).ExitCode);
        }
    }

    [Fact]
    public async Task Every_verb_reports_that_no_manager_runs_and_changes_nothing()
    {
        var user = await Machine.AddUserAsync("willy", lingers: false);
        var other = await Machine.AddUserAsync("wilma", lingers: true);
        await using var service = new SleepService(Machine, user, "willy", isUserUnit: true);
        // A deployed service, which a verb could change.
        await Machine.RunAsync("systemctl", "start", $"user@{user.UserId}.service");
        (await RootProject.As(user).RunAsync("DeployGateway", service.Properties)).Succeeded();
        await Machine.RunAsync("systemctl", "stop", $"user@{user.UserId}.service");
        var before = await Machine.ListFilesAsync(user);

        var runs = from way in new[] { ("HGW1008", NoVariables), ("HGW1009", EnvironmentOf(other)) }
            from verb in new[]
            {
                "DeployGateway", "InstallGateway", "StartGateway", "StopGateway", "RestartGateway", "UninstallGateway",
                "VerifyGateway", "GatewayStatus", "PlanGateway",
            }
            select (verb, way.Item1, RootProject.As(user with { Variables = way.Item2 }));
        // Two at a time, because the test consists of builds.
        await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (way, _) =>
        {
            var (verb, code, project) = way;
            var run = await project.RunAsync(verb, service.Properties);
            if (verb == "GatewayStatus") Assert.Equal([code], run.Succeeded().Service.Codes("warning"));
            else run.FailedWith(code);
            Assert.Equal("current, unknown, unknown", run.Service.Layers);
            Assert.Contains("loginctl enable-linger willy", run.Service.SingleFinding(code).Advice, StringComparison.Ordinal);
        });
        Assert.Equal(before, await Machine.ListFilesAsync(user));
        Assert.False(await IsKnownToAsync(other, service));
    }

    // The variables of another account, as "su" and "sudo -E" leave them.
    private static Dictionary<string, string> EnvironmentOf(Login other) => new()
    {
        ["XDG_RUNTIME_DIR"] = $"/run/user/{other.UserId}",
        ["DBUS_SESSION_BUS_ADDRESS"] = $"unix:path=/run/user/{other.UserId}/bus",
    };

    private static async Task<string> RunAllAsync(GatewayProject project, SleepService service, string[] targets)
    {
        var properties = service.Properties.Select(property => $"-p:HermesGateway{property}");
        return (await project.DotnetAsync("msbuild", [$"-t:{string.Join(';', targets)}", .. properties])).Succeeded();
    }

    private async Task<bool> IsKnownToAsync(Login login, SleepService service) =>
        (await Machine.ExecAsync(login, "systemctl", "--user", "show", "--property=LoadState", service.Unit)).Succeeded()
            != "LoadState=not-found";
}

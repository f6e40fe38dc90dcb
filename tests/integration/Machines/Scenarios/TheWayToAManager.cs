using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>The environment of a caller does not lead to his own manager: it names none, or that of another user. Every
/// verb finds the way, or says why there is none and touches nothing.</summary>
public sealed class TheWayToAManager(MachineFixture fixture) : MachineTests(fixture)
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    [Fact]
    public async Task Every_verb_finds_the_manager_when_it_runs()
    {
        var user = await Machine.AddUserAsync("wanda", lingers: true);
        var other = await Machine.AddUserAsync("walter", lingers: true);
        await using var service = new SleepService(Machine, user, "wanda", isUserUnit: true);
        foreach (var variables in new[] { Nothing, EnvironmentOf(other) })
        {
            var project = RootProject.As(user with { Variables = variables });
            // One build for many verbs, in an order in which all but the first have something to do, or to look at.
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
    public async Task Every_verb_says_that_there_is_none_and_touches_nothing()
    {
        var user = await Machine.AddUserAsync("willy", lingers: false);
        var other = await Machine.AddUserAsync("wilma", lingers: true);
        await using var service = new SleepService(Machine, user, "willy", isUserUnit: true);
        // There is something that could be touched.
        await Machine.RunAsync("systemctl", "start", $"user@{user.UserId}.service");
        (await RootProject.As(user).RunAsync("DeployGateway", service.Properties)).Succeeded();
        await Machine.RunAsync("systemctl", "stop", $"user@{user.UserId}.service");
        var before = await Machine.ListFilesAsync(user);

        var runs = from way in new[] { ("HGW1008", Nothing), ("HGW1009", EnvironmentOf(other)) }
            from verb in new[]
            {
                "DeployGateway", "InstallGateway", "StartGateway", "StopGateway", "RestartGateway", "UninstallGateway",
                "VerifyGateway", "GatewayStatus", "PlanGateway",
            }
            select (verb, way.Item1, RootProject.As(user with { Variables = way.Item2 }));
        // Two at a time: it is the time of all these builds that counts.
        await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (way, _) =>
        {
            var (verb, code, project) = way;
            var run = await project.RunAsync(verb, service.Properties);
            if (verb == "GatewayStatus") Assert.Equal([code], run.Succeeded().Service.Codes("warning"));
            else run.FailedWith(code);
            Assert.Equal("current, unknown, unknown", run.Service.Layers);
            Assert.Contains("loginctl enable-linger willy", run.Service.Told(code).Advice, StringComparison.Ordinal);
        });
        Assert.Equal(before, await Machine.ListFilesAsync(user));
        Assert.False(await IsKnownToAsync(other, service));
    }

    // As "su" and "sudo -E" leave it.
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

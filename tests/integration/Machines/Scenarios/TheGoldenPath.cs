using System.Globalization;
using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>A service's whole life, as root with system scope and as an ordinary user with user scope.</summary>
public sealed class TheGoldenPath(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task Root_deploys_a_system_service_that_runs_as_a_service_account()
    {
        await Machine.RunAsync("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "golden");
        await LiveAsync(Login.Root, "/srv/golden", "golden", ["-p:HermesGatewayScope=system", "-p:HermesGatewayUser=golden"]);
    }

    [Fact]
    public async Task An_ordinary_user_deploys_a_service_of_his_own()
    {
        var user = await Machine.AddUserAsync("golda", lingers: true);
        await LiveAsync(user, $"{user.Home}/src", user.Name, []);
    }

    private async Task LiveAsync(Login login, string folder, string account, string[] how)
    {
        var hello = await GatewayProject.CopyAsync(Machine, login, "HelloGateway", $"{folder}/HelloGateway", MachineFixture.Feed);

        var deployed = (await hello.RunAsync("build", "Deploy", [.. how])).Succeeded().Service;
        Assert.Equal(("changed", "current, current, current", "yes"), (deployed.Outcome, deployed.Layers, deployed.Metadata["Enabled"]));
        // Independently: the process that answers is the one that was reported, and it has the account's rights.
        Assert.Contains($"process {deployed.ProcessId})", await GetAsync("/revision"), StringComparison.Ordinal);
        Assert.Equal(account, await OwnerAsync(deployed.ProcessId));

        var again = (await hello.RunAsync("build", "Deploy", [.. how])).Succeeded().Service;
        Assert.Equal(("unchanged", deployed.ProcessId), (again.Outcome, again.ProcessId));

        var moved = (await hello.RunAsync("msbuild", "DeployGateway", [.. how, "-p:HelloGatewayPort=5081"])).Succeeded().Service;
        Assert.Equal("changed", moved.Outcome);
        Assert.NotEqual(deployed.ProcessId, moved.ProcessId);
        Assert.Contains($"process {moved.ProcessId})", await GetAsync("/revision", 5081), StringComparison.Ordinal);

        how = [.. how, "-p:HelloGatewayPort=5081"];
        var restarted = (await hello.RunAsync("msbuild", "RestartGateway", how)).Succeeded().Service;
        Assert.NotEqual(moved.ProcessId, restarted.ProcessId);
        (await hello.RunAsync("msbuild", "VerifyGateway", how)).Succeeded();

        var stopped = (await hello.RunAsync("msbuild", "StopGateway", how)).Succeeded().Service;
        Assert.Equal("current, current, no", stopped.Layers);
        (await hello.RunAsync("msbuild", "VerifyGateway", how)).FailedWith("HGW4004");

        (await hello.RunAsync("msbuild", "UninstallGateway", how)).Succeeded();
        var gone = (await hello.RunAsync("msbuild", "GatewayStatus", how)).Succeeded().Service;
        Assert.Equal("missing, no, no", gone.Layers);
    }

    private Task<string> GetAsync(string path, int port = 5080) => Machine.ShellAsync(
        $"exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'GET {path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3; cat <&3");

    private async Task<string> OwnerAsync(int? process) =>
        await Machine.RunAsync("stat", "--format=%U", string.Create(CultureInfo.InvariantCulture, $"/proc/{process}"));
}

using System.Globalization;
using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>First deploy, change, restart, stop and uninstall of the sample HelloGateway, in system and in user scope.</summary>
public sealed class LifecycleOfAService(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task System_service_of_a_service_account_is_deployed_changed_and_removed_by_root()
    {
        await Machine.RunAsync("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "golden");
        await RunLifecycleAsync(Login.Root, "/srv/golden", "golden", ["-p:HermesGatewayScope=system", "-p:HermesGatewayUser=golden"]);
    }

    [Fact]
    public async Task User_service_is_deployed_changed_and_removed_by_its_user()
    {
        var user = await Machine.AddUserAsync("golda", lingers: true);
        await RunLifecycleAsync(user, $"{user.Home}/src", user.Name, []);
    }

    private async Task RunLifecycleAsync(Login login, string folder, string account, string[] properties)
    {
        var hello = await GatewayProject.CopyAsync(Machine, login, "HelloGateway", $"{folder}/HelloGateway", MachineFixture.Feed);

        var deployed = (await hello.RunAsync("build", "Deploy", [.. properties])).Succeeded().Service;
        Assert.Equal(("changed", "current, current, current", "yes"), (deployed.Outcome, deployed.Layers, deployed.Metadata["Enabled"]));
        // The process that answers the HTTP request is the reported one, and it runs as the account.
        Assert.Contains($"process {deployed.ProcessId})", await GetAsync("/revision"), StringComparison.Ordinal);
        Assert.Equal(account, await OwnerAsync(deployed.ProcessId));

        var again = (await hello.RunAsync("build", "Deploy", [.. properties])).Succeeded().Service;
        Assert.Equal(("unchanged", deployed.ProcessId), (again.Outcome, again.ProcessId));

        var moved = (await hello.RunAsync("msbuild", "DeployGateway", [.. properties, "-p:HelloGatewayPort=5081"])).Succeeded().Service;
        Assert.Equal("changed", moved.Outcome);
        Assert.NotEqual(deployed.ProcessId, moved.ProcessId);
        Assert.Contains($"process {moved.ProcessId})", await GetAsync("/revision", 5081), StringComparison.Ordinal);

        properties = [.. properties, "-p:HelloGatewayPort=5081"];
        var restarted = (await hello.RunAsync("msbuild", "RestartGateway", properties)).Succeeded().Service;
        Assert.NotEqual(moved.ProcessId, restarted.ProcessId);
        (await hello.RunAsync("msbuild", "VerifyGateway", properties)).Succeeded();

        var stopped = (await hello.RunAsync("msbuild", "StopGateway", properties)).Succeeded().Service;
        Assert.Equal("current, current, no", stopped.Layers);
        (await hello.RunAsync("msbuild", "VerifyGateway", properties)).FailedWith("HGW4004");

        (await hello.RunAsync("msbuild", "UninstallGateway", properties)).Succeeded();
        var gone = (await hello.RunAsync("msbuild", "GatewayStatus", properties)).Succeeded().Service;
        Assert.Equal("missing, no, no", gone.Layers);
    }

    private Task<string> GetAsync(string path, int port = 5080) => Machine.ShellAsync(
        $"exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'GET {path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3; cat <&3");

    private async Task<string> OwnerAsync(int? process) =>
        await Machine.RunAsync("stat", "--format=%U", string.Create(CultureInfo.InvariantCulture, $"/proc/{process}"));
}

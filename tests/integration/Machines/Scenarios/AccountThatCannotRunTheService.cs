using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>The account of a service is missing or has no access to the program. A deploy is refused before any change; if a drop-in of
/// an operator causes the problem, the report explains the exit status of systemd.</summary>
public sealed class AccountThatCannotRunTheService(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task Missing_account_or_access_is_refused_before_any_change_with_advice_that_works()
    {
        await AddServiceAccountAsync("acct");
        var owner = await Machine.AddUserAsync("acctowner", lingers: false);
        await Machine.RunAsync("chmod", "700", owner.Home);
        await Machine.ShellAsync($"install -D /bin/sleep /root/acct/run; install -D /bin/sleep {owner.Home}/run");
        await using var services = new SleepServices(Machine, "acct");
        await services.WriteAsync(
            ("root", """User="acct" Program="/root/acct/run" """),
            ("home", $"""User="acct" Program="{owner.Home}/run" """),
            ("nobody", """User="acctnobody" """));

        var refused = (await RootProject.RunAsync("msbuild", "DeployGateway", services.Arguments))
            .FailedWith("HGW2014", "HGW2015");

        Assert.Equal("", await services.ReadUnitsAsync());
        foreach (var (name, closed) in new[]
            { ("root", "/root (mode 0700, owner root)"), ("home", "/home/acctowner (mode 0700, owner acctowner)") })
        {
            var finding = refused.Of($"acct-{name}").SingleFinding("HGW2014");
            Assert.StartsWith($"{closed} cannot be entered by acct", finding.Message, StringComparison.Ordinal);
            Assert.Contains($"/opt/acct-{name}, and set HermesGatewayProgram", finding.Advice, StringComparison.Ordinal);
        }

        // The kernel also refuses the program to that account.
        Assert.Equal(126, (await Machine.ExecAsync(new Login("acct", await IdOfAsync("acct")), "/root/acct/run", "0")).ExitCode);

        var advice = refused.Of("acct-nobody").SingleFinding("HGW2015").Advice;
        Assert.StartsWith("sudo useradd ", advice, StringComparison.Ordinal);
        await Machine.ShellAsync(advice["sudo ".Length..]);
        await services.WriteAsync(
            ("root", """User="acct" """), ("home", """User="acct" """), ("nobody", """User="acctnobody" """));
        var deployed = (await RootProject.RunAsync("msbuild", "DeployGateway", services.Arguments)).Succeeded();
        await services.Of("root").AssertUpAsync(deployed.Of("acct-root").ProcessId, "acct");
        await services.Of("home").AssertUpAsync(deployed.Of("acct-home").ProcessId, "acct");
        await services.Of("nobody").AssertUpAsync(deployed.Of("acct-nobody").ProcessId, "acctnobody");
    }

    [Fact]
    public async Task Drop_in_that_prevents_the_start_is_reported_with_the_meaning_of_the_exit_status()
    {
        await AddServiceAccountAsync("dropped");
        (string Name, string Directives, string Exit)[] breaks =
        [
            ("folder", "WorkingDirectory=/nowhere", "exit 200 (CHDIR: "),
            ("program", "ExecStart=\nExecStart=/nowhere/run", "exit 203 (EXEC: "),
            ("account", "User=droppednobody", "exit 217 (USER: "),
        ];
        await using var services = new SleepServices(Machine, "dropped");
        await services.WriteAsync(breaks.Select(broken => (broken.Name, """User="dropped" """)));
        foreach (var (name, directives, _) in breaks)
            await Machine.WriteAsync(DropInOf(name), $"[Service]\n{directives}\n");

        var failed = (await RootProject.RunAsync("msbuild", "DeployGateway", services.Arguments))
            .FailedWith("HGW3006", "HGW4006");
        foreach (var (name, _, exit) in breaks)
        {
            var service = failed.Of($"dropped-{name}");
            Assert.Contains(exit, service.SingleFinding("HGW4006").Message, StringComparison.Ordinal);
            // The services are started by one command; each report has the failure of its own service.
            Assert.Contains($"Job for dropped-{name}.service failed", service.SingleFinding("HGW3006").Message, StringComparison.Ordinal);
            Assert.Contains(DropInOf(name), service.SingleFinding("HGW2011").Message, StringComparison.Ordinal);
        }

        foreach (var (name, _, _) in breaks) await Machine.RunAsync("rm", DropInOf(name));
        var deployed = (await RootProject.RunAsync("msbuild", "DeployGateway", services.Arguments)).Succeeded();
        foreach (var (name, _, _) in breaks)
            await services.Of(name).AssertUpAsync(deployed.Of($"dropped-{name}").ProcessId, "dropped");

        static string DropInOf(string name) => $"/etc/systemd/system/dropped-{name}.service.d/operator.conf";
    }

    private Task<string> AddServiceAccountAsync(string name) =>
        Machine.RunAsync("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name);

    private async Task<int> IdOfAsync(string name) => int.Parse(await Machine.RunAsync("id", "--user", name), null);
}

using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary><c>systemctl</c> is missing or cannot connect to the service manager.</summary>
public class UnreachableSystemd
{
    public UnreachableSystemd() => Requires.Systemd();

    [Fact]
    public async Task Failing_systemctl_makes_the_status_unknown_and_every_other_verb_fail()
    {
        await using var service = SystemdService.Deploy();
        var (before, reachable) = (service.ReadState(), service.Host);
        var broken = service.WriteTool("systemctl", "echo 'Failed to connect to bus: No medium found' >&2; exit 1");
        service.Input = service.Input.With("SystemctlPath", broken);

        var status = service.Run(Operation.Status);
        Assert.Equal((LoadedState.Unknown, RunningState.Unknown), (status.After.Loaded, status.After.Running));
        foreach (var operation in new[]
            { Operation.Deploy, Operation.Install, Operation.Start, Operation.Restart, Operation.Stop, Operation.Uninstall, Operation.Verify })
            service.Fail(operation, DiagnosticCatalog.ManagerUnreachable);

        Assert.Equal(before, service.ReadState());
    }

    [Fact, Trait("Scope", "user")]
    public async Task Runtime_directory_without_a_bus_is_reported_before_any_change()
    {
        await using var service = SystemdService.Deploy();
        var before = service.ReadState();
        var systemctl = service.Host.FindCommand("systemctl", null)!;
        // The environment after "su -" when the user has no running manager.
        service.Input = (service.Input with { Arguments = ["changed"] }).With(
            "SystemctlPath", service.WriteTool("systemctl", $"XDG_RUNTIME_DIR={service.Scratch} exec {systemctl} \"$@\""));

        service.Fail(Operation.Deploy, DiagnosticCatalog.ManagerUnreachable);

        Assert.Equal(before, service.ReadState());
    }

    [Fact, Trait("Scope", "user")]
    public async Task User_without_a_running_manager_is_refused_before_any_command_runs()
    {
        await using var service = SystemdService.Deploy();
        var (before, host) = (service.ReadState(), service.Host);
        service.Host = (host with { RuntimeDirectory = null })
            .WithFacts(new SystemdHost { RuntimeFolders = service.Scratch, LingerFolder = service.Scratch });

        foreach (var operation in new[]
            { Operation.Deploy, Operation.Install, Operation.Start, Operation.Restart, Operation.Stop, Operation.Uninstall, Operation.Verify })
        {
            service.Fail(operation, DiagnosticCatalog.UserManagerNotRunning);
            Assert.Empty(service.Runner.Requests);
        }

        var status = service.Run(Operation.Status);
        Assert.Equal((LoadedState.Unknown, RunningState.Unknown), (status.After.Loaded, status.After.Running));
        Assert.Empty(service.Runner.Requests);
        service.Host = host;
        Assert.Equal(before, service.ReadState());
    }

    [Fact, Trait("Scope", "user")]
    public async Task Unset_XDG_RUNTIME_DIR_is_replaced_by_the_default_directory()
    {
        var usual = $"/run/user/{HostContext.Resolve(Environment.GetEnvironmentVariable).UserId}";
        Assert.True(Directory.Exists(usual));
        await using var service = new SystemdService();
        service.Host = service.Host with { RuntimeDirectory = null };

        service.Succeed(Operation.Deploy);

        Assert.All(service.Runner.Requests, request => Assert.Equal(usual, request.Environment["XDG_RUNTIME_DIR"]));
    }

    [Fact]
    public async Task Missing_systemctl_is_reported_before_any_change()
    {
        await using var service = SystemdService.Deploy();
        var before = service.ReadState();
        service.Input = (service.Input with { Arguments = ["changed"] }).With("SystemctlPath", service.Scratch + "/missing/systemctl");

        service.Fail(Operation.Deploy, DiagnosticCatalog.ManagerNotFound);

        Assert.Equal(before, service.ReadState());
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>A command, a health check or a stop lasts longer than <c>TimeoutSeconds</c>.</summary>
public class ExceededTimeout
{
    public ExceededTimeout() => Requires.Systemd();

    [Fact]
    public async Task Health_check_without_an_answer_fails_the_deploy()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var service = new SystemdService();
        service.Input = service.Input with { HealthCheck = $"http://{silent.LocalEndpoint}/", TimeoutSeconds = "5" };

        var start = Stopwatch.GetTimestamp();
        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.Unhealthy);

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(15));
        Assert.StartsWith("unhealthy", report.Health, StringComparison.Ordinal);
        Assert.Equal(RunningState.Current, report.After.Running);
    }

    [Fact]
    public async Task Stop_of_a_program_that_ignores_SIGTERM_fails_and_reports_it_as_running()
    {
        await using var service = new SystemdService(
            "#!/bin/sh\ntrap '' TERM\n: >\"$0.ignores-term\"\nwhile :; do sleep 0.1; done\n");
        service.Succeed(Operation.Deploy);
        await Manager.UntilAsync(() => File.Exists(service.ProgramPath + ".ignores-term"), "the program ignores SIGTERM");
        service.Input = service.Input with { TimeoutSeconds = "5" };

        var start = Stopwatch.GetTimestamp();
        var report = service.Fail(Operation.Stop, DiagnosticCatalog.StillRunning);

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(15));
        Assert.NotNull(report.ProcessId);
        Manager.Try("kill", "--signal=SIGKILL", service.Unit);
    }

    [Fact]
    public async Task Hanging_systemctl_is_killed_and_reported_before_any_change()
    {
        await using var service = SystemdService.Deploy();
        var before = service.ReadState();
        service.Input = (service.Input with { Arguments = ["changed"], TimeoutSeconds = "2" })
            .With("SystemctlPath", service.WriteTool("systemctl", "exec sleep 1000"));

        var start = Stopwatch.GetTimestamp();
        service.Fail(Operation.Deploy, DiagnosticCatalog.CommandTimedOut);

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(15));
        Assert.Equal(before, service.ReadState());
    }

    [Fact]
    public async Task Hanging_daemon_reload_fails_the_deploy_and_the_next_deploy_completes_it()
    {
        await using var service = SystemdService.Deploy();
        var systemctl = service.Host.FindCommand("systemctl", null)!;
        service.Input = (service.Input with { Arguments = ["changed"], TimeoutSeconds = "4" }).With(
            "SystemctlPath", service.WriteTool("systemctl", $"case \" $* \" in *' daemon-reload '*) exec sleep 1000;; esac; exec {systemctl} \"$@\""));

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.CommandTimedOut);
        // The manager never loaded the new definition, so the rollback only restores the old file.
        Assert.Equal(
            (Outcome.RolledBack, InstalledState.Stale, LoadedState.Stale, RunningState.Stale),
            (report.Outcome, report.After.Installed, report.After.Loaded, report.After.Running));

        service.Input = (service.Input with { TimeoutSeconds = "20" }).With("SystemctlPath", "");
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }
}

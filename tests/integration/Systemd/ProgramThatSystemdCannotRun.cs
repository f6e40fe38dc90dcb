using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>What systemd and journald say about a program that cannot be executed, or that exits at once.</summary>
public class ProgramThatSystemdCannotRun
{
    public ProgramThatSystemdCannotRun() => Requires.Systemd();

    [Fact]
    public async Task Missing_interpreter_is_reported_with_the_exit_status_203_of_systemd()
    {
        await using var service = new SystemdService("#!/nonexistent/interpreter\n");

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.CrashLooping);

        Assert.Contains("203 (EXEC", report.Findings.First(finding => finding.Descriptor == DiagnosticCatalog.CrashLooping).Message, StringComparison.Ordinal);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.StartFailed);
    }

    [Fact, Trait("Scope", "user")]
    public async Task Log_is_reported_although_journald_read_it_after_the_process_had_exited()
    {
        Requires.PrivateSystemd();
        await using var service = new SystemdService("#!/bin/sh\necho the database is on fire\nexit 7\n");
        var journal = Assert.Single(ProcessEntry.Ids(), id => ProcessEntry.Read(id, "comm") == "systemd-journal\n");
        // A journalctl that resumes journald after the process has exited, and waits until journald has caught up: journald
        // then cannot read the cgroup of the process in /proc, and stores its output without the name of the unit.
        var journalctl = service.Host.FindCommand("journalctl", null);
        var journalctlScript = service.WriteTool("journalctl", $"""
            kill -CONT {journal}
            until {journalctl} --quiet --user-unit={service.Unit} | grep -q 'Main process exited'; do sleep 0.01; done
            exec {journalctl} "$@"
            """);
        service.Host = service.Host with { SearchPath = [Path.GetDirectoryName(journalctlScript)!, .. service.Host.SearchPath] };
        Manager.RunCommand("kill", "-STOP", $"{journal}");
        try
        {
            var report = service.Run(Operation.Deploy);

            AssertFailedWithExit(report, "exit 7");
            Assert.Contains("the database is on fire", report.Log);
        }
        finally
        {
            Manager.RunCommand("kill", "-CONT", $"{journal}");
        }
    }

    [Fact]
    public Task Exit_after_a_second_fails_the_deploy_and_is_reported_with_its_exit_code() =>
        Conformance.ProgramThatCannotRun.AssertReportedAsync("echo alive\nsleep 1\nexit 9", "exit 9", "alive");

    private static void AssertFailedWithExit(ServiceReport report, string exit)
    {
        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Severity == Severity.Error
            && (finding.Descriptor == DiagnosticCatalog.CrashLooping || finding.Descriptor == DiagnosticCatalog.NotRunning)
            && finding.Message.Contains(exit, StringComparison.Ordinal));
    }
}

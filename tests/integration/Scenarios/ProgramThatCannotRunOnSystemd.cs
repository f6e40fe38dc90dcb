using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>The program is missing, is not executable, or exits soon after its start.</summary>
public class ProgramThatCannotRunOnSystemd
{
    // On a busy machine, the exit of a process is observed late.
    private const string SecondsToObserveTheExit = "10";

    public ProgramThatCannotRunOnSystemd() => Requires.Systemd();

    [Fact]
    public async Task Missing_program_is_refused_before_any_change()
    {
        await using var service = TestService.Deploy();
        var before = service.ReadState();
        service.Input = service.Input with { Program = service.ProgramPath + ".missing" };

        service.Fail(Operation.Deploy, DiagnosticCatalog.ProgramMissing);

        Assert.Equal(before, service.ReadState());
    }

    [Fact]
    public async Task Program_without_execute_permission_is_refused_before_any_change()
    {
        await using var service = TestService.Deploy();
        var before = service.ReadState();
        service.WriteProgram(TestService.LongRunningProgram + "# changed\n", executable: false);

        service.Fail(Operation.Deploy, DiagnosticCatalog.ProgramNotExecutable);

        Assert.Equal(before, service.ReadState());
    }

    [Fact]
    public async Task Missing_working_directory_is_refused_before_any_change()
    {
        await using var service = TestService.Deploy();
        var before = service.ReadState();
        service.Input = service.Input with { WorkingDirectory = service.Project + "/missing" };

        service.Fail(Operation.Deploy, DiagnosticCatalog.WorkingDirectoryUnusable);

        Assert.Equal(before, service.ReadState());
    }

    [Fact]
    public async Task Missing_interpreter_is_reported_with_the_exit_status_203_of_systemd()
    {
        await using var service = new TestService("#!/nonexistent/interpreter\n");

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.CrashLooping);

        Assert.Contains("203 (EXEC", report.Findings.First(finding => finding.Descriptor == DiagnosticCatalog.CrashLooping).Message, StringComparison.Ordinal);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.StartFailed);
    }

    [Fact]
    public async Task Immediate_exit_fails_the_deploy_and_is_reported_with_its_exit_code_and_log()
    {
        await using var service = TestService.Deploy();
        var previous = File.ReadAllText(service.UnitPath);
        service.WriteProgram("#!/bin/sh\necho the database is on fire\nexit 7\n");
        service.Input = service.Input with { StabilitySeconds = SecondsToObserveTheExit };

        var report = service.Run(Operation.Deploy);

        AssertFailedWithExit(report, "exit 7");
        if (Manager.HasJournal) Assert.Contains("the database is on fire", report.Log);
        AssertBackupExists(service, previous);
    }

    [Fact, Trait("Scope", "user")]
    public async Task Log_is_reported_although_journald_read_it_after_the_process_had_exited()
    {
        Requires.PrivateSystemd();
        await using var service = new TestService("#!/bin/sh\necho the database is on fire\nexit 7\n");
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
    public async Task Immediate_exit_with_success_is_reported_as_not_running()
    {
        await using var service = new TestService("#!/bin/sh\nexit 0\n");
        service.Input = service.Input with { StabilitySeconds = SecondsToObserveTheExit };

        service.Fail(Operation.Deploy, DiagnosticCatalog.NotRunning);
    }

    [Fact]
    public async Task Exit_after_a_second_fails_the_deploy_and_is_reported_with_its_exit_code()
    {
        await using var service = TestService.Deploy();
        var previous = File.ReadAllText(service.UnitPath);
        service.WriteProgram("#!/bin/sh\nsleep 1\nexit 9\n");
        service.Input = service.Input with { StabilitySeconds = SecondsToObserveTheExit };

        var report = service.Run(Operation.Deploy);

        AssertFailedWithExit(report, "exit 9");
        AssertBackupExists(service, previous);
    }

    private static void AssertFailedWithExit(ServiceReport report, string exit)
    {
        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Severity == Severity.Error
            && (finding.Descriptor == DiagnosticCatalog.CrashLooping || finding.Descriptor == DiagnosticCatalog.NotRunning)
            && finding.Message.Contains(exit, StringComparison.Ordinal));
    }

    private static void AssertBackupExists(TestService service, string previous)
    {
        Assert.Contains(Directory.GetFiles(service.Backups), copy => File.ReadAllText(copy) == previous);
    }
}

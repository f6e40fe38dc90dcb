using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>The program is missing, is not executable, or exits soon after its start.</summary>
// The launchd of a Mac starts a failing program again only after ten seconds.
[Trait("Os", "linux")]
public class ProgramThatCannotRun
{
    [Fact]
    public Task Missing_program_is_refused_before_any_change() => AssertRefusedAsync(
        service => service.Input = service.Input with { Program = service.ProgramPath + ".missing" }, DiagnosticCatalog.ProgramMissing);

    [Fact]
    public Task Program_without_execute_permission_is_refused_before_any_change() => AssertRefusedAsync(
        service => service.WriteProgram(ServiceUnderTest.LongRunningProgram + "# changed\n", executable: false), DiagnosticCatalog.ProgramNotExecutable);

    [Fact]
    public Task Missing_working_directory_is_refused_before_any_change() => AssertRefusedAsync(
        service => service.Input = service.Input with { WorkingDirectory = service.Project + "/missing" }, DiagnosticCatalog.WorkingDirectoryUnusable);

    [Fact]
    public Task Immediate_exit_fails_the_deploy_and_is_reported_with_its_code_and_log_and_the_previous_definition_is_kept() =>
        AssertReportedAsync("echo the database is on fire >&2\nexit 7", "exit 7", "the database is on fire");

    [Fact]
    public async Task Immediate_exit_with_success_is_reported_as_not_running()
    {
        await using var service = ServiceUnderTest.New("#!/bin/sh\nexit 0\n");
        service.Input = service.Input with { StabilitySeconds = ServiceUnderTest.SecondsToObserveAnExit };

        service.Fail(Operation.Deploy, DiagnosticCatalog.NotRunning);
    }

    /// <summary>Asserts that the deploy of a program that exits fails, and that the report and the backups are complete.</summary>
    internal static async Task AssertReportedAsync(string program, string exit, string log)
    {
        await using var service = ServiceUnderTest.Deploy();
        var previous = service.DefinitionText;
        service.WriteProgram($"#!/bin/sh\n{program}\n");
        service.Input = service.Input with { StabilitySeconds = ServiceUnderTest.SecondsToObserveAnExit };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Severity == Severity.Error
            && (finding.Descriptor == DiagnosticCatalog.CrashLooping || finding.Descriptor == DiagnosticCatalog.NotRunning)
            && finding.Message.Contains(exit, StringComparison.Ordinal));
        if (ServiceUnderTest.IsOnLaunchd || Manager.HasJournal) Assert.Contains(log, report.Log);
        var backups = Path.Combine(service.Host.StateFolder(Manager.Scope), service.Name, "backups");
        Assert.Contains(Directory.GetFiles(backups), copy => File.ReadAllText(copy) == previous);
    }

    private static async Task AssertRefusedAsync(Action<ServiceUnderTest> change, DiagnosticDescriptor expected)
    {
        await using var service = ServiceUnderTest.Deploy();
        var before = service.ReadState();
        change(service);

        service.Fail(Operation.Deploy, expected);

        Assert.Equal(before, service.ReadState());
        Assert.Empty(service.Changes);
    }
}

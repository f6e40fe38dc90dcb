using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>A service that runs and has no drift, but whose next start would fail or would start it with other settings.</summary>
public class RunningServiceThatCouldNotStartAgain
{
    public RunningServiceThatCouldNotStartAgain() => Requires.Systemd();

    [Fact]
    public async Task Deleted_program_is_reported_by_status_and_verify_while_the_process_runs()
    {
        await using var service = new TestService();
        // With an explicit revision, the deleted program does not change the fingerprint, which would be drift.
        service.Input = service.Input with { Revision = "r1" };
        var deployed = service.Succeed(Operation.Deploy);
        Assert.NotNull(deployed.StartedAt);
        File.Delete(service.ProgramPath);

        var verified = service.Fail(Operation.Verify, DiagnosticCatalog.DeadDefinition);
        var status = service.Succeed(Operation.Status);

        Assert.True(verified.After.AllCurrent);
        Assert.Equal(deployed.ProcessId, verified.ProcessId);
        Assert.Equal(Severity.Warning, Assert.Single(status.Findings).Severity);
        Assert.Contains(service.ProgramPath, status.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Startable_service_has_no_finding()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);

        Assert.Empty(service.Succeed(Operation.Status).Findings);
        Assert.Empty(service.Succeed(Operation.Verify).Findings);
    }

    [Fact]
    public async Task Foreign_directive_newer_than_the_process_is_reported_until_a_restart()
    {
        await using var service = new TestService();
        var started = service.Succeed(Operation.Deploy).StartedAt!.Value;
        await File.AppendAllTextAsync(service.UnitPath, "[Service]\nNice=5\n", TestContext.Current.CancellationToken);
        // Just more than the 2 s by which file times and start times may differ without a finding.
        File.SetLastWriteTimeUtc(service.UnitPath, started.UtcDateTime + TimeSpan.FromSeconds(2.1));
        Manager.Try("daemon-reload");

        var outdated = service.Succeed(Operation.Verify);
        Assert.Contains("Nice", Assert.Single(outdated.Findings, IsOutdated).Message, StringComparison.Ordinal);

        service.Succeed(Operation.Restart);
        Assert.DoesNotContain(service.Succeed(Operation.Verify).Findings, IsOutdated);
    }

    private static bool IsOutdated(Finding finding) => finding.Descriptor == DiagnosticCatalog.ProcessOutdated;
}

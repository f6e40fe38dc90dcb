using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>It still runs, and every layer is as it should be.</summary>
public class TheServiceCouldNotStartAgain
{
    public TheServiceCouldNotStartAgain() => Requires.Systemd();

    [Fact]
    public async Task Because_its_program_is_gone_is_told_before_a_restart_takes_it_down()
    {
        await using var service = new TestService();
        // A word of the project's own, so that the missing program does not make the definition look stale.
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
    public async Task Is_not_said_of_a_service_that_can()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);

        Assert.Empty(service.Succeed(Operation.Status).Findings);
        Assert.Empty(service.Succeed(Operation.Verify).Findings);
    }

    [Fact]
    public async Task A_directive_of_the_operator_that_came_after_the_process_is_told_until_it_is_restarted()
    {
        await using var service = new TestService();
        var started = service.Succeed(Operation.Deploy).StartedAt!.Value;
        await File.AppendAllTextAsync(service.UnitPath, "[Service]\nNice=5\n", TestContext.Current.CancellationToken);
        // By just more than what clocks are not trusted for.
        File.SetLastWriteTimeUtc(service.UnitPath, started.UtcDateTime + TimeSpan.FromSeconds(2.1));
        Manager.Try("daemon-reload");

        var outdated = service.Succeed(Operation.Verify);
        Assert.Contains("Nice", Assert.Single(outdated.Findings, IsOutdated).Message, StringComparison.Ordinal);

        service.Succeed(Operation.Restart);
        Assert.DoesNotContain(service.Succeed(Operation.Verify).Findings, IsOutdated);
    }

    private static bool IsOutdated(Finding finding) => finding.Descriptor == DiagnosticCatalog.ProcessOutdated;
}

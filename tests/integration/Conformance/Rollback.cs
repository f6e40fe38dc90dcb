using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>A deploy whose new definition does not work. The deploy fails; the previous definition is restored if the service
/// was running.</summary>
// The launchd of a Mac starts a failing program again only after ten seconds.
[Trait("Os", "linux")]
public class Rollback
{
    [Fact]
    public async Task Failed_deploy_restores_the_previous_definition_and_process()
    {
        await using var service = ServiceUnderTest.Deploy(ServiceUnderTest.ProgramThatCanDie);
        var before = service.ReadState();
        Die(service);

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Contains(report.Findings, finding => finding is { Severity: Severity.Error } && finding.Descriptor == DiagnosticCatalog.CrashLooping);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RolledBack);
        // Read without the report: the same bytes, and a new process with the old arguments.
        Assert.Equal(before.Text, service.DefinitionText);
        Assert.NotEqual(before.ProcessId, service.ProcessId);
        Assert.Equal(["/bin/sh", service.ProgramPath], service.CommandLine);
        Assert.DoesNotContain("die", service.LoadedDefinition, StringComparison.Ordinal);

        service.Input = service.Input with { Arguments = [] };
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public async Task Failed_health_check_restores_the_previous_definition()
    {
        await using var service = ServiceUnderTest.Deploy();
        service.Input = service.Input with { Arguments = ["new"], HealthCheck = "exec:/bin/false", TimeoutSeconds = "5" };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.Unhealthy);
        Assert.DoesNotContain("new", service.CommandLine);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Failing_definition_is_kept_if_the_service_was_stopped_or_rollback_is_disabled(bool isStopped)
    {
        await using var service = ServiceUnderTest.Deploy(ServiceUnderTest.ProgramThatCanDie);
        if (isStopped) await service.StopByHandAsync();
        Die(service);
        service.Input = service.Input with { Rollback = isStopped ? "" : "false" };

        Assert.Equal(Outcome.Failed, service.Run(Operation.Deploy).Outcome);

        Assert.Matches(@"\bdie\b", service.DefinitionText);
    }

    [Fact]
    public async Task Program_that_was_overwritten_cannot_be_restored_and_the_failed_rollback_is_reported()
    {
        await using var service = ServiceUnderTest.Deploy();
        var text = service.DefinitionText;
        service.WriteProgram("#!/bin/sh\nexit 3\n");
        service.Input = service.Input with { StabilitySeconds = ServiceUnderTest.SecondsToObserveAnExit };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RollbackFailed);
        Assert.Equal(text, service.DefinitionText);
    }

    private static void Die(ServiceUnderTest service) =>
        service.Input = service.Input with { Arguments = ["die"], StabilitySeconds = ServiceUnderTest.SecondsToObserveAnExit };
}

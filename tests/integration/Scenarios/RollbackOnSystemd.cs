using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>A deploy whose new definition does not work. The deploy fails; the previous definition is restored if the service
/// was running.</summary>
public class RollbackOnSystemd
{
    // Runs until SIGTERM; with the argument "die" it exits at once.
    private const string Program = """
        #!/bin/sh
        if [ "$1" = die ]; then echo 'exit as requested' >&2; exit 3; fi
        trap 'exit 0' TERM
        while :; do sleep 0.1; done

        """;

    // On a busy machine, the exit of a process is observed late.
    private const string SecondsToObserveTheExit = "1";

    public RollbackOnSystemd() => Requires.Systemd();

    [Fact]
    public async Task Failed_deploy_restores_the_previous_unit_file_and_process()
    {
        await using var service = TestService.Deploy(Program);
        var (unit, process) = (await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken), Manager.MainProcess(service.Unit));
        service.Input = service.Input with { Arguments = ["die"], StabilitySeconds = SecondsToObserveTheExit };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Contains(report.Findings, finding => finding is { Severity: Severity.Error } && finding.Descriptor == DiagnosticCatalog.CrashLooping);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RolledBack);
        // Checked with systemctl and /proc, not with the report: the same bytes, and a new process with the old arguments.
        Assert.Equal(unit, await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken));
        Assert.NotEqual(process, Manager.MainProcess(service.Unit));
        Assert.DoesNotContain("die", Manager.Arguments(Manager.MainProcess(service.Unit)));
        Assert.Equal("no", Manager.Property(service.Unit, "NeedDaemonReload"));

        service.Input = service.Input with { Arguments = [] };
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public async Task Failed_health_check_restores_the_previous_definition()
    {
        await using var service = TestService.Deploy(Program);
        service.Input = service.Input with
        {
            Arguments = ["new"], HealthCheck = "exec:/bin/false", TimeoutSeconds = "5",
        };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.Unhealthy);
        Assert.DoesNotContain("new", Manager.Arguments(Manager.MainProcess(service.Unit)));
    }

    [Fact]
    public async Task Failed_deploy_of_a_stopped_service_keeps_the_new_definition()
    {
        await using var service = TestService.Deploy(Program);
        Manager.Run("stop", service.Unit);
        service.Input = service.Input with { Arguments = ["die"], StabilitySeconds = SecondsToObserveTheExit };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(" die\n", await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_that_was_overwritten_cannot_be_restored_and_the_failed_rollback_is_reported()
    {
        await using var service = TestService.Deploy(Program);
        var unit = await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken);
        service.WriteProgram("#!/bin/sh\nexit 3\n");
        service.Input = service.Input with { StabilitySeconds = SecondsToObserveTheExit };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RollbackFailed);
        Assert.Equal(unit, await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken));
    }
}

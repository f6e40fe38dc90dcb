using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>A healthy service that a deploy would make worse is put back, and the deploy still fails.</summary>
public class TheNewDefinitionDoesNotWork
{
    // Lives, unless it is told not to.
    private const string Program = """
        #!/bin/sh
        if [ "$1" = die ]; then echo 'told to die' >&2; exit 3; fi
        trap 'exit 0' TERM
        while :; do sleep 0.1; done

        """;

    // On a busy machine, what ends at once does so a little later.
    private const string LongerThanItLives = "1";

    public TheNewDefinitionDoesNotWork() => Requires.Systemd();

    [Fact]
    public async Task A_healthy_service_gets_its_definition_and_a_process_of_it_back()
    {
        await using var service = Deployed();
        var (unit, process) = (await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken), Manager.MainProcess(service.Unit));
        service.Input = service.Input with { Arguments = ["die"], StabilitySeconds = LongerThanItLives };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Contains(report.Findings, finding => finding is { Severity: Severity.Error } && finding.Descriptor == DiagnosticCatalog.CrashLooping);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RolledBack);
        // Independently: the same file, byte for byte, and another process with the old arguments.
        Assert.Equal(unit, await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken));
        Assert.NotEqual(process, Manager.MainProcess(service.Unit));
        Assert.DoesNotContain("die", Manager.Arguments(Manager.MainProcess(service.Unit)));
        Assert.Equal("no", Manager.Property(service.Unit, "NeedDaemonReload"));

        service.Input = service.Input with { Arguments = [] };
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public async Task A_health_check_that_fails_puts_the_old_definition_back()
    {
        await using var service = Deployed();
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
    public async Task A_service_that_was_broken_already_keeps_the_new_definition()
    {
        await using var service = Deployed();
        Manager.Run("stop", service.Unit);
        service.Input = service.Input with { Arguments = ["die"], StabilitySeconds = LongerThanItLives };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(" die\n", await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_was_replaced_in_its_place_cannot_be_brought_back_and_the_report_says_so()
    {
        await using var service = Deployed();
        var unit = await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken);
        service.WriteProgram("#!/bin/sh\nexit 3\n");
        service.Input = service.Input with { StabilitySeconds = LongerThanItLives };

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RollbackFailed);
        Assert.Equal(unit, await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken));
    }

    private static TestService Deployed()
    {
        var service = new TestService(Program);
        service.Succeed(Operation.Deploy);
        return service;
    }
}

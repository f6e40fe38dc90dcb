using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>What only system scope has; all other scenarios run in both scopes.</summary>
public class InSystemScope
{
    [SystemdFact, Trait("Scope", "system")]
    public async Task The_service_runs_under_its_account()
    {
        await using var service = new TestService();
        Publish(service);
        service.Input = service.Input with { User = "nobody" };

        await service.SucceedAsync(Operation.Deploy);

        var status = File.ReadAllLines($"/proc/{Manager.MainProcess(service.Unit)}/status");
        var user = status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.Equal(Manager.RunCommand("id", "-u", "nobody").Trim(), user);
    }

    [SystemdFact, Trait("Scope", "system")]
    public async Task An_account_that_does_not_exist_is_told_with_the_managers_exit_status()
    {
        await using var service = new TestService();
        service.Input = service.Input with { User = "hgw-no-such-account" };

        var report = await service.FailAsync(Operation.Deploy, DiagnosticCatalog.CrashLooping);

        Assert.Contains("217 (USER", report.Findings.First(finding => finding.Descriptor == DiagnosticCatalog.CrashLooping).Message, StringComparison.Ordinal);
    }

    [SystemdFact, Trait("Scope", "system")]
    public async Task A_caller_who_is_not_root_is_refused_before_anything_is_touched()
    {
        await using var service = new TestService();
        service.Host = service.Host with { UserId = 1000 };

        var report = await service.FailAsync(Operation.Deploy, DiagnosticCatalog.NotRoot);

        Assert.False(File.Exists(service.UnitPath));
        Assert.StartsWith("sudo dotnet msbuild ", report.Advice, StringComparison.Ordinal);
        Assert.Equal(ServiceScope.System, report.Definition.Scope);
    }

    private static void Publish(TestService service) =>
        File.SetUnixFileMode(service.Scratch, (UnixFileMode)0b111_101_101);
}

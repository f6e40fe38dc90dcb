using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>A verb that would end the service that it is called from is refused before anything is touched.</summary>
public class CalledFromInside
{
    public static TheoryData<string> Verbs { get; } = ["restart", "stop", "uninstall"];

    public CalledFromInside() => Requires.Systemd();

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task A_verb_that_would_end_its_own_call_is_refused(string verb)
    {
        await using var service = Inside();
        var process = Manager.MainProcess(service.Unit);

        var report = service.Fail(
            verb switch { "restart" => Operation.Restart, "stop" => Operation.Stop, _ => Operation.Uninstall },
            DiagnosticCatalog.InsideService);

        Assert.StartsWith("systemd-run ", report.Advice, StringComparison.Ordinal);
        Assert.Equal(process, Manager.MainProcess(service.Unit));
        Assert.True(File.Exists(service.UnitPath));
    }

    [Fact]
    public async Task A_deploy_that_needs_a_new_process_is_refused_before_it_writes()
    {
        await using var service = Inside();
        var unit = await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken);
        service.Input = service.Input with { Arguments = ["new"] };

        service.Fail(Operation.Deploy, DiagnosticCatalog.InsideService);

        Assert.Equal(unit, await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_ends_nothing_is_allowed()
    {
        await using var service = Inside();

        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
        service.Succeed(Operation.Status);
        service.Succeed(Operation.Verify);
    }

    // The group in which the kernel itself says that the service's process is.
    private static TestService Inside()
    {
        var service = new TestService();
        service.Succeed(Operation.Deploy);
        var groups = File.ReadLines($"/proc/{Manager.MainProcess(service.Unit)}/cgroup")
            .Select(line => line.Split(':', 3)[2]).Distinct().ToList();
        Assert.Contains(groups, group => group.EndsWith("/" + service.Unit, StringComparison.Ordinal));
        Assert.Equal(Manager.Scope == ServiceScope.System, groups.Any(group => group.Contains("system.slice", StringComparison.Ordinal)));
        service.Host = service.Host.WithFacts(new SystemdHost { ControlGroups = groups });
        return service;
    }
}

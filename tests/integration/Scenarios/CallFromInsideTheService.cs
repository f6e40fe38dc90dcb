using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>Operations called from a process in the control group of the service that they would end.</summary>
public class CallFromInsideTheService
{
    public static TheoryData<string> Verbs { get; } = ["restart", "stop", "uninstall"];

    public CallFromInsideTheService() => Requires.Systemd();

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Verb_that_would_end_its_caller_is_refused_before_any_change(string verb)
    {
        await using var service = DeployedAsItsOwnCaller();
        var process = Manager.MainProcess(service.Unit);

        var report = service.Fail(
            verb switch { "restart" => Operation.Restart, "stop" => Operation.Stop, _ => Operation.Uninstall },
            DiagnosticCatalog.InsideService);

        Assert.StartsWith("systemd-run ", report.Advice, StringComparison.Ordinal);
        Assert.Equal(process, Manager.MainProcess(service.Unit));
        Assert.True(File.Exists(service.UnitPath));
    }

    [Fact]
    public async Task Deploy_that_needs_a_restart_is_refused_before_any_change()
    {
        await using var service = DeployedAsItsOwnCaller();
        var unit = await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken);
        service.Input = service.Input with { Arguments = ["new"] };

        service.Fail(Operation.Deploy, DiagnosticCatalog.InsideService);

        Assert.Equal(unit, await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Operations_without_a_restart_are_allowed()
    {
        await using var service = DeployedAsItsOwnCaller();

        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
        service.Succeed(Operation.Status);
        service.Succeed(Operation.Verify);
    }

    // Simulates the call with the control groups that /proc/PID/cgroup has for the main process of the service.
    private static TestService DeployedAsItsOwnCaller()
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

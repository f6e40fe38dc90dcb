using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>An operator has stopped or disabled the service, or killed its process.</summary>
public class ServiceEndedByAnOperator
{
    [Fact]
    public async Task Stopped_service_is_reported_as_not_running_and_started_by_start()
    {
        await using var service = ServiceUnderTest.Deploy();
        await service.StopByHandAsync();

        var status = service.Succeed(Operation.Status);
        Assert.Equal((InstalledState.Current, RunningState.No), (status.After.Installed, status.After.Running));
        service.Fail(Operation.Verify, service.FindingOfAStop);

        Assert.True(service.Succeed(Operation.Start).After.AllCurrent);
        service.Succeed(Operation.Verify);
    }

    [Fact]
    public async Task Killed_process_is_replaced_by_a_deploy()
    {
        await using var service = ServiceUnderTest.Deploy();
        var process = service.ProcessId;
        await service.KillAsync();

        Assert.NotEqual(RunningState.Unknown, service.Succeed(Operation.Status).After.Running);
        var report = service.Succeed(Operation.Deploy);

        Assert.True(report.After.AllCurrent);
        Assert.NotEqual(process, service.ProcessId);
    }

    [Fact]
    public async Task Killed_process_is_replaced_by_the_service_manager_and_verified()
    {
        await using var service = ServiceUnderTest.Deploy();
        var process = service.ProcessId;
        await service.KillAsync();

        await Manager.UntilAsync(() => service.ProcessId is { } now && now != process, "the manager has started a new process");

        Assert.True(service.Succeed(Operation.Verify).After.AllCurrent);
    }

    [Fact]
    public async Task Disabled_service_fails_a_verify_and_is_enabled_by_a_deploy()
    {
        await using var service = ServiceUnderTest.Deploy();
        var process = service.ProcessId;
        service.DisableByHand();

        Assert.Equal(Answer.No, service.Fail(Operation.Verify, DiagnosticCatalog.NotEnabled).After.Enabled);

        Assert.Equal(Answer.Yes, service.Succeed(Operation.Deploy).After.Enabled);
        Assert.Equal(process, service.ProcessId);
        service.Succeed(Operation.Verify);
    }
}

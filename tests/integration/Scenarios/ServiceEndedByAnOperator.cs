using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>An operator has stopped the unit or killed its process.</summary>
public class ServiceEndedByAnOperator
{
    public ServiceEndedByAnOperator() => Requires.Systemd();

    [Fact]
    public async Task Stopped_unit_is_reported_as_not_running_and_started_by_start()
    {
        await using var service = TestService.Deploy();
        Manager.Run("stop", service.Unit);

        var status = service.Succeed(Operation.Status);
        Assert.Equal((InstalledState.Current, LoadedState.Current, RunningState.No), (status.After.Installed, status.After.Loaded, status.After.Running));
        service.Fail(Operation.Verify, DiagnosticCatalog.NotRunning);

        Assert.True(service.Succeed(Operation.Start).After.AllCurrent);
        service.Succeed(Operation.Verify);
    }

    [Fact]
    public async Task Killed_process_is_replaced_by_a_deploy()
    {
        await using var service = TestService.Deploy();
        var process = Manager.MainProcess(service.Unit);
        Manager.Run("kill", "--signal=SIGKILL", service.Unit);
        // Until the other processes of the control group have exited, the unit is "deactivating".
        await Manager.UntilAsync(
            () => Manager.MainProcess(service.Unit) != process && Manager.Property(service.Unit, "ActiveState") != "deactivating",
            "the killed process is gone");

        Assert.NotEqual(RunningState.Unknown, service.Succeed(Operation.Status).After.Running);
        var report = service.Succeed(Operation.Deploy);

        Assert.True(report.After.AllCurrent);
        Assert.NotEqual(process, Manager.MainProcess(service.Unit));
    }
}

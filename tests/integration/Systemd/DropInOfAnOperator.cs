using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>A file <c>UNIT.d/operator.conf</c> that an operator writes, applies or removes beside a deployed unit.</summary>
public class DropInOfAnOperator
{
    public DropInOfAnOperator() => Requires.Systemd();

    [Fact]
    public async Task Variable_that_its_EnvironmentFile_replaces_is_no_drift()
    {
        await using var service = new SystemdService();
        service.Input = service.Input with { Environment = ["MODE=ours"] };
        service.Succeed(Operation.Deploy);
        var file = Path.Combine(service.Scratch, "operator.env");
        await File.WriteAllTextAsync(file, "MODE=theirs\n", TestContext.Current.CancellationToken);
        service.AddDropIn($"[Service]\nEnvironmentFile={file}\n");

        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        Assert.Equal("theirs", Manager.Variable(Manager.MainProcess(service.Unit), "MODE"));
        Manager.Run("restart", service.Unit);
        Assert.Equal("theirs", Manager.Variable(Manager.MainProcess(service.Unit), "MODE"));
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public async Task Drop_in_that_is_not_loaded_is_reported_loaded_and_kept()
    {
        await using var service = SystemdService.Deploy();
        var before = Manager.Invocation(service.Unit);
        var dropIn = service.AddDropIn("[Service]\nEnvironment=EXTRA=1\n");

        var status = service.Succeed(Operation.Status);
        Assert.Equal(LoadedState.Stale, status.After.Loaded);
        Assert.Contains(status.Differences, drift => drift is { Layer: Layer.Loaded, Key: "DropIn" } && drift.Expected == dropIn);

        var report = service.Succeed(Operation.Deploy);
        Assert.True(report.After.AllCurrent);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.DropIns);
        Assert.NotEqual(before, Manager.Invocation(service.Unit));
        Assert.Equal("1", Manager.Variable(Manager.MainProcess(service.Unit), "EXTRA"));
        Assert.True(File.Exists(dropIn));
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public async Task Drop_in_loaded_after_the_start_makes_the_process_stale()
    {
        await using var service = SystemdService.Deploy();
        service.AddDropIn("[Service]\nEnvironment=EXTRA=1\n");
        Manager.Run("daemon-reload");

        Assert.Equal(RunningState.Stale, service.Succeed(Operation.Status).After.Running);
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        Assert.Equal("1", Manager.Variable(Manager.MainProcess(service.Unit), "EXTRA"));
    }

    [Fact]
    public async Task Removed_drop_in_makes_the_process_stale_until_it_is_restarted()
    {
        await using var service = SystemdService.Deploy();
        foreach (var restartByHand in new[] { false, true })
        {
            var dropIn = service.AddDropIn("[Service]\nEnvironment=EXTRA=1\n");
            service.Succeed(Operation.Deploy);
            // A start without a record of a verified start.
            if (restartByHand) Manager.Run("restart", service.Unit);
            Assert.Equal("1", Manager.Variable(Manager.MainProcess(service.Unit), "EXTRA"));
            File.Delete(dropIn);
            Manager.Run("daemon-reload");

            Assert.Equal(RunningState.Stale, service.Succeed(Operation.Status).After.Running);
            Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
            Assert.Null(Manager.Variable(Manager.MainProcess(service.Unit), "EXTRA"));
            Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
        }
    }

    [Fact]
    public async Task Drop_in_added_while_no_unit_was_loaded_is_applied_by_a_deploy()
    {
        await using var service = SystemdService.Deploy();
        File.Delete(service.UnitPath);
        service.AddDropIn("[Service]\nEnvironment=EXTRA=1\n");
        Manager.Run("daemon-reload");
        Assert.Equal("not-found", Manager.Property(service.Unit, "LoadState"));

        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        Assert.Equal("1", Manager.Variable(Manager.MainProcess(service.Unit), "EXTRA"));
    }

    [Fact]
    public async Task Replaced_ExecStart_is_kept_and_reported()
    {
        await using var service = SystemdService.Deploy();
        service.AddDropIn("[Service]\nExecStart=\nExecStart=/bin/sleep 1000\n");

        var report = service.Succeed(Operation.Deploy);

        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.DropIns);
        Assert.Equal(["/bin/sleep", "1000"], Manager.Arguments(Manager.MainProcess(service.Unit)));
    }
}

using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>An operator has edited or deleted the unit file of a deployed service.</summary>
public class UnitEditedByAnOperator
{
    public UnitEditedByAnOperator() => Requires.Systemd();

    [Fact]
    public async Task Edit_without_daemon_reload_makes_installed_and_loaded_stale_and_is_repaired()
    {
        await using var service = SystemdService.Deploy();
        Edit(service, "Restart=on-failure", "Restart=always");

        var status = service.Succeed(Operation.Status);
        Assert.Equal(InstalledState.Stale, status.After.Installed);
        Assert.Equal(LoadedState.Stale, status.After.Loaded);
        Assert.Equal(RunningState.Current, status.After.Running);
        Assert.Contains(status.Differences, drift => drift is { Layer: Layer.Installed, Key: "Restart", Actual: "always" });

        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        Assert.Equal("on-failure", Manager.Property(service.Unit, "Restart"));
    }

    [Fact]
    public async Task Edit_that_keeps_the_stamp_is_repaired_after_a_restart()
    {
        await using var service = new SystemdService();
        service.Input = service.Input with { Environment = ["MODE=ours"] };
        service.Succeed(Operation.Deploy);
        Edit(service, "MODE=ours", "MODE=theirs");
        Manager.Run("daemon-reload");
        Manager.Run("restart", service.Unit);
        Assert.Equal("theirs", Manager.Variable(Manager.MainProcess(service.Unit), "MODE"));

        var report = service.Succeed(Operation.Deploy);

        Assert.True(report.After.AllCurrent);
        Assert.Equal("ours", Manager.Variable(Manager.MainProcess(service.Unit), "MODE"));
    }

    [Fact]
    public async Task Edit_beside_a_drop_in_is_repaired_in_the_running_process()
    {
        await using var service = new SystemdService();
        service.Input = service.Input with { Environment = ["MODE=ours"] };
        service.Succeed(Operation.Deploy);
        service.AddDropIn("[Service]\nNice=1\n");
        service.Succeed(Operation.Deploy);
        var text = await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken);
        await EditReloadAndRestartAsync();
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        Assert.Equal("ours", Manager.Variable(Manager.MainProcess(service.Unit), "MODE"));

        // The operator restarts the edited unit and restores the file, with and without a daemon-reload.
        foreach (var reload in new[] { false, true })
        {
            await EditReloadAndRestartAsync();
            await File.WriteAllTextAsync(service.UnitPath, text, TestContext.Current.CancellationToken);
            if (reload) Manager.Run("daemon-reload");
            Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
            Assert.Equal("ours", Manager.Variable(Manager.MainProcess(service.Unit), "MODE"));
        }

        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);

        Task EditReloadAndRestartAsync()
        {
            Edit(service, "MODE=ours", "MODE=theirs");
            Manager.Run("daemon-reload");
            Manager.Run("restart", service.Unit);
            return Manager.UntilAsync(
                () => Manager.Variable(Manager.MainProcess(service.Unit), "MODE") == "theirs", "the process runs with the edited variable");
        }
    }

    [Fact]
    public async Task Deleted_unit_of_a_running_service_is_written_again_without_a_restart()
    {
        await using var service = SystemdService.Deploy();
        var process = Manager.MainProcess(service.Unit);
        File.Delete(service.UnitPath);

        var unnoticed = service.Succeed(Operation.Status);
        Assert.Equal((InstalledState.Missing, RunningState.Current), (unnoticed.After.Installed, unnoticed.After.Running));
        Manager.Run("daemon-reload");
        var noticed = service.Succeed(Operation.Status);
        Assert.Equal((InstalledState.Missing, LoadedState.No, RunningState.Current), (noticed.After.Installed, noticed.After.Loaded, noticed.After.Running));

        var report = service.Succeed(Operation.Deploy);
        Assert.True(report.After.AllCurrent);
        Assert.Equal(process, Manager.MainProcess(service.Unit));
    }

    [Fact]
    public async Task Removed_variable_is_removed_and_foreign_directives_are_kept()
    {
        await using var service = new SystemdService();
        service.Input = service.Input with { Environment = ["OURS=1"] };
        service.Succeed(Operation.Deploy);
        var text = File.ReadAllText(service.UnitPath)
            .Replace("[Install]", "# the operator's\nEnvironment=THEIRS=2\nNice=5\n\n[Install]", StringComparison.Ordinal);
        File.WriteAllText(service.UnitPath, text);
        service.Input = service.Input with { Environment = [] };

        var report = service.Succeed(Operation.Deploy);

        var process = Manager.MainProcess(service.Unit);
        Assert.Null(Manager.Variable(process, "OURS"));
        Assert.Equal("2", Manager.Variable(process, "THEIRS"));
        Assert.Equal("5", Manager.Property(service.Unit, "Nice"));
        Assert.Contains("# the operator's", File.ReadAllText(service.UnitPath), StringComparison.Ordinal);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.ForeignKept);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public async Task Comments_and_spaces_added_to_the_unit_file_do_not_cause_a_restart()
    {
        await using var service = new SystemdService();
        service.Succeed(Operation.Deploy);
        var process = Manager.MainProcess(service.Unit);
        File.WriteAllText(service.UnitPath, "# a comment\n\n" + File.ReadAllText(service.UnitPath).Replace("Type=exec", "Type  =  exec", StringComparison.Ordinal));
        Manager.Run("daemon-reload");

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Empty(report.Differences);
        Assert.Equal(process, Manager.MainProcess(service.Unit));
    }

    [Fact]
    public async Task Foreign_directive_newer_than_the_process_is_reported_until_a_restart()
    {
        await using var service = new SystemdService();
        var started = service.Succeed(Operation.Deploy).StartedAt!.Value;
        await File.AppendAllTextAsync(service.UnitPath, "[Service]\nNice=5\n", TestContext.Current.CancellationToken);
        // Just more than the 2 s by which file times and start times may differ without a finding.
        File.SetLastWriteTimeUtc(service.UnitPath, started.UtcDateTime + TimeSpan.FromSeconds(2.1));
        Manager.Try("daemon-reload");

        var outdated = service.Succeed(Operation.Verify);
        Assert.Contains("Nice", Assert.Single(outdated.Findings, IsOutdated).Message, StringComparison.Ordinal);

        service.Succeed(Operation.Restart);
        Assert.DoesNotContain(service.Succeed(Operation.Verify).Findings, IsOutdated);
    }

    private static bool IsOutdated(Finding finding) => finding.Descriptor == DiagnosticCatalog.ProcessOutdated;

    private static void Edit(SystemdService service, string old, string replacement)
    {
        var text = File.ReadAllText(service.UnitPath);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(service.UnitPath, text.Replace(old, replacement, StringComparison.Ordinal));
    }
}

using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Reports of operations that reload systemd: they describe the unit that is loaded and the process that runs
/// afterwards.</summary>
public class ReportAfterDaemonReload
{
    private const string NoReload = "case \" $* \" in *' daemon-reload '*) exit 0;; esac";

    public ReportAfterDaemonReload() => Requires.Systemd();

    [Fact]
    public async Task Repair_and_restart_report_the_loaded_unit_and_the_process_of_systemd()
    {
        await using var service = SystemdService.Deploy();
        service.Input = service.Input with { Arguments = ["changed"] };

        AssertAgreesWithSystemd(service, service.Succeed(Operation.Deploy));
        AssertAgreesWithSystemd(service, service.Succeed(Operation.Restart));
    }

    [Fact]
    public async Task Edited_and_loaded_unit_with_an_unchanged_stamp_is_repaired()
    {
        await using var service = SystemdService.Deploy();
        Edit(service);
        Manager.Run("daemon-reload");

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal("on-failure", Manager.Property(service.Unit, "Restart"));
    }

    [Fact]
    public async Task Reload_without_effect_fails_the_repair_of_a_unit_with_an_unchanged_stamp()
    {
        await using var service = SystemdService.Deploy();
        Edit(service);
        Manager.Run("daemon-reload");
        service.Input = (service.Input with { TimeoutSeconds = "6" }).With("SystemctlPath", Systemctl(service, NoReload));

        var report = service.Run(Operation.Deploy);

        Assert.NotEqual(Outcome.Changed, report.Outcome);
        Assert.Equal("always", Manager.Property(service.Unit, "Restart"));
    }

    [Fact]
    public async Task Reload_without_effect_fails_the_deploy()
    {
        await using var service = SystemdService.Deploy();
        service.Input = (service.Input with { Arguments = ["changed"], TimeoutSeconds = "6" }).With("SystemctlPath", Systemctl(service, NoReload));

        var report = service.Run(Operation.Deploy);

        Assert.NotEqual(Outcome.Changed, report.Outcome);
        Assert.DoesNotContain("changed", Manager.Arguments(Manager.MainProcess(service.Unit)));
    }

    [Fact]
    public async Task Drop_in_of_all_services_that_the_reload_loads_is_reported()
    {
        await using var service = SystemdService.Deploy();
        // A folder for all services (systemd.unit(5), "service.d"), which only the manager lists among the drop-ins of a unit.
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(service.UnitPath)!, "service.d")).FullName;
        var dropIn = Path.Combine(folder, service.Name + ".conf");
        await File.WriteAllTextAsync(dropIn, "[Service]\nExecStart=\nExecStart=/bin/sleep 1000\n", TestContext.Current.CancellationToken);
        try
        {
            service.Input = service.Input with { Arguments = ["changed"] };

            var report = service.Run(Operation.Deploy);

            Assert.Equal(dropIn, Assert.Single(report.DropIns));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            Manager.Run("daemon-reload");
        }
    }

    // The report agrees with systemctl, and the next deploy finds no drift.
    private static void AssertAgreesWithSystemd(SystemdService service, ServiceReport report)
    {
        Assert.True(report.After.AllCurrent);
        Assert.Equal(Manager.MainProcess(service.Unit), report.ProcessId);
        Assert.Equal("active", Manager.Property(service.Unit, "ActiveState"));
        Assert.Equal("no", Manager.Property(service.Unit, "NeedDaemonReload"));
        var status = service.Run(Operation.Status);
        Assert.Equal((report.After, report.ProcessId), (status.After, status.ProcessId));
        Assert.InRange((status.StartedAt!.Value - report.StartedAt!.Value).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
        Assert.Equal(["show"], service.Runner.Verbs);
    }

    private static void Edit(SystemdService service)
    {
        var text = File.ReadAllText(service.UnitPath);
        Assert.Contains("Restart=on-failure", text, StringComparison.Ordinal);
        File.WriteAllText(service.UnitPath, text.Replace("Restart=on-failure", "Restart=always", StringComparison.Ordinal));
    }

    private static string Systemctl(SystemdService service, string before, string behind = "")
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(service.Scratch, "bin")).FullName, "systemctl");
        File.WriteAllText(
            path,
            $"#!/bin/sh\n{before}\n{service.Host.FindCommand("systemctl", null)} \"$@\" {behind}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}

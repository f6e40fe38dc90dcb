using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>After a reload and a restart, the report tells what the manager holds and runs.</summary>
public class AfterAReload
{
    private const string NoReload = "case \" $* \" in *' daemon-reload '*) exit 0;; esac";

    public AfterAReload() => Requires.Systemd();

    [Fact]
    public async Task A_repair_and_a_restart_report_what_the_manager_holds()
    {
        await using var service = Deployed();
        service.Input = service.Input with { Arguments = ["changed"] };

        AssertTruth(service, service.Succeed(Operation.Deploy));
        AssertTruth(service, service.Succeed(Operation.Restart));
    }

    [Fact]
    public async Task A_definition_that_was_edited_and_loaded_with_the_same_stamp_is_repaired()
    {
        await using var service = Deployed();
        Edit(service);
        Manager.Run("daemon-reload");

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal("on-failure", Manager.Property(service.Unit, "Restart"));
    }

    [Fact]
    public async Task A_reload_that_did_nothing_is_not_taken_for_done_when_the_stamp_was_the_same()
    {
        await using var service = Deployed();
        Edit(service);
        Manager.Run("daemon-reload");
        service.Input = service.Input.With("SystemctlPath", Systemctl(service, NoReload));

        var report = service.Run(Operation.Deploy);

        Assert.NotEqual(Outcome.Changed, report.Outcome);
        Assert.Equal("always", Manager.Property(service.Unit, "Restart"));
    }

    [Fact]
    public async Task A_reload_that_did_nothing_is_not_taken_for_done()
    {
        await using var service = Deployed();
        service.Input = (service.Input with { Arguments = ["changed"] }).With("SystemctlPath", Systemctl(service, NoReload));

        var report = service.Run(Operation.Deploy);

        Assert.NotEqual(Outcome.Changed, report.Outcome);
        Assert.DoesNotContain("changed", Manager.Arguments(Manager.MainProcess(service.Unit)));
    }

    [Fact]
    public async Task A_drop_in_that_comes_into_effect_with_the_reload_is_reported()
    {
        await using var service = Deployed();
        // Where this tool does not look: only the manager knows all such folders.
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

    private static TestService Deployed()
    {
        var service = new TestService();
        service.Succeed(Operation.Deploy);
        return service;
    }

    // What was told of the process is what the manager tells, and is enough for the next deploy.
    private static void AssertTruth(TestService service, ServiceReport report)
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

    private static void Edit(TestService service)
    {
        var text = File.ReadAllText(service.UnitPath);
        Assert.Contains("Restart=on-failure", text, StringComparison.Ordinal);
        File.WriteAllText(service.UnitPath, text.Replace("Restart=on-failure", "Restart=always", StringComparison.Ordinal));
    }

    private static string Systemctl(TestService service, string before, string behind = "")
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(service.Scratch, "bin")).FullName, "systemctl");
        File.WriteAllText(
            path,
            $"#!/bin/sh\n{before}\n{service.Host.FindCommand("systemctl", null)} \"$@\" {behind}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}

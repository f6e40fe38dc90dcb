using System.Diagnostics;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>A process that was just started proves by itself what the manager started it from; where it does not, the manager
/// is asked once more.</summary>
public class AFreshStart
{
    private const string NoReload = "case \" $* \" in *' daemon-reload '*) exit 0;; esac";

    [SystemdFact]
    public Task A_repair_needs_no_question_behind_it() => ProvesItselfAsync(
        (service, round) =>
        {
            service.Input = service.Input with { Arguments = [$"changed {round}"] };
            return Task.Run(() => service.Succeed(Operation.Deploy));
        },
        "show", "daemon-reload", "reset-failed", "restart");

    [SystemdFact]
    public async Task A_repair_of_a_service_that_has_run_for_a_while_is_three_commands()
    {
        await using var service = Deployed();
        // As if the manager counted starts for a second, not for five minutes.
        service.Input = service.Input with
        {
            SystemctlPath = Systemctl(service, "", "| sed 's/^StartLimitIntervalUSec=.*/StartLimitIntervalUSec=1s/'"),
        };
        var start = Stopwatch.GetTimestamp();
        await ProvesItselfAsync(
            service,
            async (_, round) =>
            {
                await Manager.UntilAsync(
                    () => Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(1.5), "it has run for a while");
                service.Input = service.Input with { Arguments = [$"changed {round}"] };
                var report = service.Succeed(Operation.Deploy);
                start = Stopwatch.GetTimestamp();
                return report;
            },
            "show", "daemon-reload", "restart");
    }

    [SystemdFact]
    public Task A_restart_needs_no_question_behind_it() => ProvesItselfAsync(
        (service, _) => Task.Run(() => service.Succeed(Operation.Restart)), "show", "reset-failed", "restart");

    [SystemdFact]
    public async Task The_first_start_of_a_service_is_asked_for_because_nobody_has_told_where_its_processes_are()
    {
        await using var service = Deployed();

        Assert.Equal("show", service.Runner.Verbs[^1]);
    }

    [SystemdFact]
    public async Task What_the_manager_held_with_the_same_stamp_is_asked_for()
    {
        await using var service = Deployed();
        Edit(service);
        Manager.Run("daemon-reload");

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal("show", service.Runner.Verbs[^1]);
        Assert.Equal("on-failure", Manager.Property(service.Unit, "Restart"));
    }

    [SystemdFact]
    public async Task A_reload_that_did_nothing_is_not_taken_for_done_when_the_stamp_was_the_same()
    {
        await using var service = Deployed();
        Edit(service);
        Manager.Run("daemon-reload");
        service.Input = service.Input with { SystemctlPath = Systemctl(service, NoReload) };

        var report = service.Run(Operation.Deploy);

        Assert.NotEqual(Outcome.Changed, report.Outcome);
        Assert.Equal("always", Manager.Property(service.Unit, "Restart"));
    }

    [SystemdFact]
    public async Task A_reload_that_did_nothing_is_not_taken_for_done()
    {
        await using var service = Deployed();
        service.Input = service.Input with { SystemctlPath = Systemctl(service, NoReload), Arguments = ["changed"] };

        var report = service.Run(Operation.Deploy);

        Assert.NotEqual(Outcome.Changed, report.Outcome);
        Assert.DoesNotContain("changed", Manager.Arguments(Manager.MainProcess(service.Unit)));
    }

    [SystemdFact]
    public async Task Where_an_operator_has_a_say_the_manager_is_asked()
    {
        await using var service = Deployed();
        var folder = Directory.CreateDirectory(service.UnitPath + ".d").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "nice.conf"), "[Service]\nNice=5\n");
        Manager.Run("daemon-reload");
        service.Input = service.Input with { Arguments = ["changed"] };

        service.Succeed(Operation.Deploy);

        Assert.Equal("show", service.Runner.Verbs[^1]);
    }

    [SystemdFact]
    public async Task A_drop_in_that_comes_into_effect_with_the_reload_is_asked_for()
    {
        await using var service = Deployed();
        // Where this tool does not look: only the manager knows all such folders.
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(service.UnitPath)!, "service.d")).FullName;
        var dropIn = Path.Combine(folder, service.Name + ".conf");
        await File.WriteAllTextAsync(dropIn, "[Service]\nExecStart=\nExecStart=/bin/sleep 1000\n");
        try
        {
            service.Input = service.Input with { Arguments = ["changed"] };

            var report = service.Run(Operation.Deploy);

            Assert.Equal("show", service.Runner.Verbs[^1]);
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

    // What the kernel shows of a process can be a moment late: then, and with a systemd older than 248, one question follows.
    private static async Task ProvesItselfAsync(Func<TestService, int, Task<ServiceReport>> run, params string[] commands)
    {
        await using var service = Deployed();
        await ProvesItselfAsync(service, run, commands);
    }

    private static async Task ProvesItselfAsync(
        TestService service, Func<TestService, int, Task<ServiceReport>> run, params string[] commands)
    {
        var isNumbered = Manager.Variable(Manager.MainProcess(service.Unit), "SYSTEMD_EXEC_PID") is not null;
        var needed = isNumbered ? commands : [.. commands, "show"];
        for (var round = 0; round < 20; round++)
        {
            var report = await run(service, round);
            var taken = service.Runner.Verbs;
            AssertTruth(service, report);
            if (taken.SequenceEqual(needed)) return;
            Assert.Equal([.. commands, "show"], taken);
        }

        Assert.Fail("each time the manager was asked");
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

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

public class TheServiceCannotRun
{
    // A death is seen when it comes; on a busy machine that can be later than a short time to live allows for.
    private const string LongerThanItLives = "10";

    public TheServiceCannotRun() => Requires.Systemd();

    [Fact]
    public async Task A_missing_program_is_refused_before_anything_is_touched()
    {
        await using var service = Deployed();
        var before = Look(service);
        service.Input = service.Input with { Program = service.ProgramPath + ".missing" };

        service.Fail(Operation.Deploy, DiagnosticCatalog.ProgramMissing);

        Assert.Equal(before, Look(service));
    }

    [Fact]
    public async Task A_program_that_is_not_executable_is_refused_before_anything_is_touched()
    {
        await using var service = Deployed();
        var before = Look(service);
        service.WriteProgram(TestService.Lives + "# changed\n", executable: false);

        service.Fail(Operation.Deploy, DiagnosticCatalog.ProgramNotExecutable);

        Assert.Equal(before, Look(service));
    }

    [Fact]
    public async Task A_missing_working_directory_is_refused_before_anything_is_touched()
    {
        await using var service = Deployed();
        var before = Look(service);
        service.Input = service.Input with { WorkingDirectory = service.Project + "/missing" };

        service.Fail(Operation.Deploy, DiagnosticCatalog.WorkingDirectoryUnusable);

        Assert.Equal(before, Look(service));
    }

    [Fact]
    public async Task A_program_that_the_kernel_cannot_execute_is_told_with_the_managers_exit_status()
    {
        await using var service = new TestService("#!/nonexistent/interpreter\n");

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.CrashLooping);

        Assert.Contains("203 (EXEC", report.Findings.First(finding => finding.Descriptor == DiagnosticCatalog.CrashLooping).Message, StringComparison.Ordinal);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.StartFailed);
    }

    [Fact]
    public async Task A_program_that_exits_at_once_fails_the_deploy_with_its_own_last_words()
    {
        await using var service = Deployed();
        var previous = File.ReadAllText(service.UnitPath);
        service.WriteProgram("#!/bin/sh\necho the database is on fire\nexit 7\n");
        service.Input = service.Input with { StabilitySeconds = LongerThanItLives };

        var report = service.Run(Operation.Deploy);

        AssertCrash(report, "exit 7");
        if (Manager.HasJournal) Assert.Contains("the database is on fire", report.Log);
        AssertKept(service, previous);
    }

    [Fact, Trait("Scope", "user")]
    public async Task The_last_words_are_told_when_the_journal_came_too_late_to_see_whose_they_were()
    {
        Requires.PrivateSystemd();
        await using var service = new TestService("#!/bin/sh\necho the database is on fire\nexit 7\n");
        var journal = Assert.Single(ProcessEntry.Ids(), id => ProcessEntry.Read(id, "comm") == "systemd-journal\n");
        // Goes on when the process has long ended, and is asked when it has caught up.
        var journalctl = service.Host.FindCommand("journalctl", null);
        var tool = Script(service, "journalctl", $"""
            kill -CONT {journal}
            until {journalctl} --quiet --user-unit={service.Unit} | grep -q 'Main process exited'; do sleep 0.01; done
            exec {journalctl} "$@"
            """);
        service.Host = service.Host with { SearchPath = [Path.GetDirectoryName(tool)!, .. service.Host.SearchPath] };
        Manager.RunCommand("kill", "-STOP", $"{journal}");
        try
        {
            var report = service.Run(Operation.Deploy);

            AssertCrash(report, "exit 7");
            Assert.Contains("the database is on fire", report.Log);
        }
        finally
        {
            Manager.RunCommand("kill", "-CONT", $"{journal}");
        }
    }

    [Fact]
    public async Task A_program_that_exits_cleanly_at_once_is_no_success()
    {
        await using var service = new TestService("#!/bin/sh\nexit 0\n");
        service.Input = service.Input with { StabilitySeconds = LongerThanItLives };

        service.Fail(Operation.Deploy, DiagnosticCatalog.NotRunning);
    }

    [Fact]
    public async Task A_program_that_exits_after_a_second_fails_the_deploy()
    {
        await using var service = Deployed();
        var previous = File.ReadAllText(service.UnitPath);
        service.WriteProgram("#!/bin/sh\nsleep 1\nexit 9\n");
        service.Input = service.Input with { StabilitySeconds = LongerThanItLives };

        var report = service.Run(Operation.Deploy);

        AssertCrash(report, "exit 9");
        AssertKept(service, previous);
    }

    [Fact]
    public async Task A_health_check_that_never_answers_fails_the_deploy_within_its_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var service = new TestService();
        service.Input = service.Input with { HealthCheck = $"http://{silent.LocalEndpoint}/", TimeoutSeconds = "5" };

        var start = Stopwatch.GetTimestamp();
        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.Unhealthy);

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(15));
        Assert.StartsWith("unhealthy", report.Health, StringComparison.Ordinal);
        Assert.Equal(RunningState.Current, report.After.Running);
    }

    [Fact]
    public async Task A_service_that_ignores_the_request_to_stop_is_reported_as_it_is_when_the_time_is_up()
    {
        await using var service = new TestService(
            "#!/bin/sh\ntrap '' TERM\n: >\"$0.deaf\"\nwhile :; do sleep 0.1; done\n");
        service.Succeed(Operation.Deploy);
        await Manager.UntilAsync(() => File.Exists(service.ProgramPath + ".deaf"), "it ignores the request");
        service.Input = service.Input with { TimeoutSeconds = "5" };

        var start = Stopwatch.GetTimestamp();
        var report = service.Fail(Operation.Stop, DiagnosticCatalog.StillRunning);

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(15));
        Assert.NotNull(report.ProcessId);
        Manager.Try("kill", "--signal=SIGKILL", service.Unit);
    }

    [Fact]
    public async Task An_unreachable_manager_is_unknown_and_never_stopped()
    {
        await using var service = Deployed();
        var (before, reachable) = (Look(service), service.Host);
        var broken = Script(service, "systemctl", "echo 'Failed to connect to bus: No medium found' >&2; exit 1");
        service.Input = service.Input.With("SystemctlPath", broken);

        var status = service.Run(Operation.Status);
        Assert.Equal((LoadedState.Unknown, RunningState.Unknown), (status.After.Loaded, status.After.Running));
        foreach (var operation in new[]
            { Operation.Deploy, Operation.Install, Operation.Start, Operation.Restart, Operation.Stop, Operation.Uninstall, Operation.Verify })
            service.Fail(operation, DiagnosticCatalog.ManagerUnreachable);

        Assert.Equal(before, Look(service));
    }

    [Fact, Trait("Scope", "user")]
    public async Task A_manager_without_its_bus_is_refused_before_anything_is_touched()
    {
        await using var service = Deployed();
        var before = Look(service);
        var systemctl = service.Host.FindCommand("systemctl", null)!;
        // As after `su -` on a machine where this user has no manager.
        service.Input = (service.Input with { Arguments = ["changed"] }).With(
            "SystemctlPath", Script(service, "systemctl", $"XDG_RUNTIME_DIR={service.Scratch} exec {systemctl} \"$@\""));

        service.Fail(Operation.Deploy, DiagnosticCatalog.ManagerUnreachable);

        Assert.Equal(before, Look(service));
    }

    [Fact, Trait("Scope", "user")]
    public async Task A_user_without_a_manager_is_told_so_by_every_verb_before_anything_is_spawned()
    {
        await using var service = Deployed();
        var (before, host) = (Look(service), service.Host);
        service.Host = (host with { RuntimeDirectory = null })
            .WithFacts(new SystemdHost { RuntimeFolders = service.Scratch, LingerFolder = service.Scratch });

        foreach (var operation in new[]
            { Operation.Deploy, Operation.Install, Operation.Start, Operation.Restart, Operation.Stop, Operation.Uninstall, Operation.Verify })
        {
            service.Fail(operation, DiagnosticCatalog.UserManagerNotRunning);
            Assert.Empty(service.Runner.Requests);
        }

        var status = service.Run(Operation.Status);
        Assert.Equal((LoadedState.Unknown, RunningState.Unknown), (status.After.Loaded, status.After.Running));
        Assert.Empty(service.Runner.Requests);
        service.Host = host;
        Assert.Equal(before, Look(service));
    }

    [Fact, Trait("Scope", "user")]
    public async Task A_missing_runtime_directory_variable_is_made_good_from_the_usual_place()
    {
        var usual = $"/run/user/{HostContext.Resolve(Environment.GetEnvironmentVariable).UserId}";
        Assert.True(Directory.Exists(usual));
        await using var service = new TestService();
        service.Host = service.Host with { RuntimeDirectory = null };

        service.Succeed(Operation.Deploy);

        Assert.All(service.Runner.Requests, request => Assert.Equal(usual, request.Environment["XDG_RUNTIME_DIR"]));
    }

    [Fact]
    public async Task A_missing_systemctl_is_told()
    {
        await using var service = Deployed();
        var before = Look(service);
        service.Input = (service.Input with { Arguments = ["changed"] }).With("SystemctlPath", service.Scratch + "/nowhere/systemctl");

        service.Fail(Operation.Deploy, DiagnosticCatalog.ManagerNotFound);

        Assert.Equal(before, Look(service));
    }

    [Fact]
    public async Task A_systemctl_that_hangs_is_stopped_and_told_within_the_time()
    {
        await using var service = Deployed();
        var before = Look(service);
        service.Input = (service.Input with { Arguments = ["changed"], TimeoutSeconds = "2" })
            .With("SystemctlPath", Script(service, "systemctl", "exec sleep 1000"));

        var start = Stopwatch.GetTimestamp();
        service.Fail(Operation.Deploy, DiagnosticCatalog.CommandTimedOut);

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(15));
        Assert.Equal(before, Look(service));
    }

    [Fact]
    public async Task A_command_that_hangs_half_way_is_told_and_the_next_deploy_completes_the_work()
    {
        await using var service = Deployed();
        var systemctl = service.Host.FindCommand("systemctl", null)!;
        service.Input = (service.Input with { Arguments = ["changed"], TimeoutSeconds = "4" }).With(
            "SystemctlPath", Script(service, "systemctl", $"case \" $* \" in *' daemon-reload '*) exec sleep 1000;; esac; exec {systemctl} \"$@\""));

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.CommandTimedOut);
        // The manager was never told of the new definition, so putting the old file back is all there is to undo.
        Assert.Equal(
            (Outcome.RolledBack, InstalledState.Stale, LoadedState.Stale, RunningState.Stale),
            (report.Outcome, report.After.Installed, report.After.Loaded, report.After.Running));

        service.Input = (service.Input with { TimeoutSeconds = "20" }).With("SystemctlPath", "");
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }

    [Fact]
    public async Task A_read_only_unit_folder_is_told_and_the_previous_unit_still_runs()
    {
        await using var service = Deployed();
        var before = Look(service);
        service.Input = service.Input with { Arguments = ["changed"] };
        using (new ReadOnlyFolder(Path.GetDirectoryName(service.UnitPath)!))
            service.Fail(Operation.Deploy, DiagnosticCatalog.DefinitionNotWritable);

        Assert.Equal(before, Look(service));
    }

    private static TestService Deployed()
    {
        var service = new TestService();
        service.Succeed(Operation.Deploy);
        return service;
    }

    private static (string Text, string Invocation) Look(TestService service) =>
        (File.ReadAllText(service.UnitPath), Manager.Invocation(service.Unit));

    private static string Script(TestService service, string name, string body)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(service.Scratch, "bin")).FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private static void AssertCrash(ServiceReport report, string exit)
    {
        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Severity == Severity.Error
            && (finding.Descriptor == DiagnosticCatalog.CrashLooping || finding.Descriptor == DiagnosticCatalog.NotRunning)
            && finding.Message.Contains(exit, StringComparison.Ordinal));
    }

    private static void AssertKept(TestService service, string previous)
    {
        Assert.Contains(Directory.GetFiles(service.Backups), copy => File.ReadAllText(copy) == previous);
    }
}

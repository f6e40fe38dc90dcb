using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

public class TheOperatorIntervened
{
    public TheOperatorIntervened() => Requires.Systemd();

    [Fact]
    public async Task A_unit_edited_without_reload_is_told_at_both_layers_and_put_right()
    {
        await using var service = Deployed();
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
    public async Task A_unit_edited_reloaded_and_restarted_under_our_stamp_is_found_all_the_same()
    {
        await using var service = new TestService();
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
    public async Task Beside_a_drop_in_an_edited_unit_is_found_in_the_process_too()
    {
        await using var service = new TestService();
        service.Input = service.Input with { Environment = ["MODE=ours"] };
        service.Succeed(Operation.Deploy);
        AddDropIn(service, "[Service]\nNice=1\n");
        service.Succeed(Operation.Deploy);
        var text = await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken);
        await RunAsTheirsAsync();
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        Assert.Equal("ours", Manager.Variable(Manager.MainProcess(service.Unit), "MODE"));

        // The same, and put back by hand, with a reload and without.
        foreach (var reload in new[] { false, true })
        {
            await RunAsTheirsAsync();
            await File.WriteAllTextAsync(service.UnitPath, text, TestContext.Current.CancellationToken);
            if (reload) Manager.Run("daemon-reload");
            Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
            Assert.Equal("ours", Manager.Variable(Manager.MainProcess(service.Unit), "MODE"));
        }

        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);

        Task RunAsTheirsAsync()
        {
            Edit(service, "MODE=ours", "MODE=theirs");
            Manager.Run("daemon-reload");
            Manager.Run("restart", service.Unit);
            return Manager.UntilAsync(
                () => Manager.Variable(Manager.MainProcess(service.Unit), "MODE") == "theirs", "it runs as edited");
        }
    }

    [Fact]
    public async Task A_drop_in_that_reads_an_environment_file_is_not_fought()
    {
        await using var service = new TestService();
        service.Input = service.Input with { Environment = ["MODE=ours"] };
        service.Succeed(Operation.Deploy);
        var file = Path.Combine(service.Scratch, "their.env");
        await File.WriteAllTextAsync(file, "MODE=theirs\n", TestContext.Current.CancellationToken);
        AddDropIn(service, $"[Service]\nEnvironmentFile={file}\n");

        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        Assert.Equal("theirs", Manager.Variable(Manager.MainProcess(service.Unit), "MODE"));
        Manager.Run("restart", service.Unit);
        Assert.Equal("theirs", Manager.Variable(Manager.MainProcess(service.Unit), "MODE"));
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public async Task A_drop_in_that_is_not_loaded_yet_is_named_loaded_and_left_alone()
    {
        await using var service = Deployed();
        var before = Manager.Invocation(service.Unit);
        var dropIn = AddDropIn(service, "[Service]\nEnvironment=EXTRA=1\n");

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
    public async Task A_drop_in_that_was_loaded_but_not_yet_applied_makes_the_process_stale()
    {
        await using var service = Deployed();
        AddDropIn(service, "[Service]\nEnvironment=EXTRA=1\n");
        Manager.Run("daemon-reload");

        Assert.Equal(RunningState.Stale, service.Succeed(Operation.Status).After.Running);
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        Assert.Equal("1", Manager.Variable(Manager.MainProcess(service.Unit), "EXTRA"));
    }

    [Fact]
    public async Task A_drop_in_that_was_taken_away_is_still_in_the_process()
    {
        await using var service = Deployed();
        foreach (var restartByHand in new[] { false, true })
        {
            var dropIn = AddDropIn(service, "[Service]\nEnvironment=EXTRA=1\n");
            service.Succeed(Operation.Deploy);
            // A start of which nobody took note.
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
    public async Task A_drop_in_that_came_while_the_manager_held_nothing_makes_the_process_stale()
    {
        await using var service = Deployed();
        File.Delete(service.UnitPath);
        AddDropIn(service, "[Service]\nEnvironment=EXTRA=1\n");
        Manager.Run("daemon-reload");
        Assert.Equal("not-found", Manager.Property(service.Unit, "LoadState"));

        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        Assert.Equal("1", Manager.Variable(Manager.MainProcess(service.Unit), "EXTRA"));
    }

    [Fact]
    public async Task A_drop_in_that_replaces_the_command_is_respected_and_reported()
    {
        await using var service = Deployed();
        AddDropIn(service, "[Service]\nExecStart=\nExecStart=/bin/sleep 1000\n");

        var report = service.Succeed(Operation.Deploy);

        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.DropIns);
        Assert.Equal(["/bin/sleep", "1000"], Manager.Arguments(Manager.MainProcess(service.Unit)));
    }

    [Fact]
    public async Task A_unit_deleted_while_the_service_runs_is_restored_without_a_restart()
    {
        await using var service = Deployed();
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
    public async Task A_masked_unit_is_named_and_never_unmasked()
    {
        await using var service = Deployed();
        service.Succeed(Operation.Uninstall);
        Manager.Run("mask", service.Unit);

        Assert.Equal(InstalledState.Foreign, service.Succeed(Operation.Status).After.Installed);
        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.Masked);

        Assert.Contains("unmask", report.Advice, StringComparison.Ordinal);
        Assert.Contains("unmask", service.Fail(Operation.Verify, DiagnosticCatalog.Masked).Advice, StringComparison.Ordinal);
        Assert.Contains("unmask", service.Succeed(Operation.Status).Advice, StringComparison.Ordinal);
        Assert.Equal("/dev/null", new FileInfo(service.UnitPath).LinkTarget);
    }

    [Fact]
    public async Task A_linked_unit_is_named_and_left_alone()
    {
        await using var service = new TestService();
        var target = Path.Combine(service.Scratch, "managed-elsewhere.service");
        File.WriteAllText(target, "[Service]\nExecStart=/bin/sleep 1000\n");
        File.CreateSymbolicLink(service.UnitPath, target);

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.DefinitionIsLink);

        Assert.Contains(target, report.Findings[0].Message, StringComparison.Ordinal);
        service.Fail(Operation.Verify, DiagnosticCatalog.DefinitionIsLink);
        Assert.Equal(target, new FileInfo(service.UnitPath).LinkTarget);
    }

    [Fact]
    public async Task A_unit_that_another_one_shadows_is_named()
    {
        await using var service = Deployed();
        var folder = Directory.CreateDirectory(Path.Combine(service.SystemdFolder, Path.GetFileName(Path.GetDirectoryName(service.UnitPath)) + ".control")).FullName;
        var shadow = Path.Combine(folder, service.Unit);
        File.WriteAllText(shadow, "[Service]\nExecStart=/bin/sleep 1000\n");
        try
        {
            Manager.Run("daemon-reload");

            var report = service.Fail(Operation.Deploy, DiagnosticCatalog.Shadowed);

            Assert.Contains(shadow, report.Findings[0].Message, StringComparison.Ordinal);
            service.Fail(Operation.Verify, DiagnosticCatalog.Shadowed);
        }
        finally
        {
            File.Delete(shadow);
            Manager.Run("daemon-reload");
        }
    }

    [Fact]
    public async Task A_latched_start_limit_is_named_and_cleared()
    {
        await using var service = Deployed();
        AddDropIn(service, "[Unit]\nStartLimitIntervalSec=1000\nStartLimitBurst=2\n");
        Manager.Run("daemon-reload");
        for (var i = 0; i < 3; i++) Manager.Try("restart", service.Unit);
        await Manager.UntilAsync(() => Manager.Property(service.Unit, "ActiveState") == "failed", "the start limit is reached");

        var status = service.Succeed(Operation.Status);
        Assert.Equal(RunningState.No, status.After.Running);
        Assert.Contains(status.Findings, finding => finding.Descriptor == DiagnosticCatalog.StartLimit);

        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }

    [Fact]
    public async Task Many_deploys_in_a_row_do_not_use_up_the_start_limit()
    {
        await using var service = Deployed();
        service.Input = service.Input with { StabilitySeconds = "0" };
        for (var i = 0; i < 12; i++)
        {
            service.Input = service.Input with { Arguments = [i.ToString(CultureInfo.InvariantCulture)] };
            Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        }
    }

    [Fact]
    public async Task What_has_run_for_longer_than_starts_are_counted_is_repaired_with_four_commands()
    {
        await using var service = Deployed();
        AddDropIn(service, "[Unit]\nStartLimitIntervalSec=1s\nStartLimitBurst=1\n");
        service.Input = service.Input with { StabilitySeconds = "0" };
        service.Succeed(Operation.Deploy);
        var started = long.Parse(Manager.Property(service.Unit, "ExecMainStartTimestampMonotonic"), CultureInfo.InvariantCulture);
        await Manager.UntilAsync(
            () => Environment.TickCount64 > (started / 1000) + 1_100, "no start of before counts any more");

        service.Input = service.Input with { Arguments = ["later"] };
        var later = service.Succeed(Operation.Deploy);
        // "At once" must not depend on how fast this machine is.
        AddDropIn(service, "[Unit]\nStartLimitIntervalSec=1000s\nStartLimitBurst=1\n");
        Manager.Run("daemon-reload");
        service.Input = service.Input with { Arguments = ["at once"] };
        var atOnce = service.Succeed(Operation.Deploy);

        Assert.Equal([StepKind.Write, StepKind.Load, StepKind.Restart], later.Steps.Select(step => step.Kind));
        Assert.Equal(4, later.Commands.Length);
        Assert.Equal(
            [StepKind.Write, StepKind.Load, StepKind.ClearFailure, StepKind.Restart], atOnce.Steps.Select(step => step.Kind));
        Assert.True(later.After.AllCurrent && atOnce.After.AllCurrent);
    }

    [Fact]
    public async Task A_service_stopped_by_hand_is_started_again()
    {
        await using var service = Deployed();
        Manager.Run("stop", service.Unit);

        var status = service.Succeed(Operation.Status);
        Assert.Equal((InstalledState.Current, LoadedState.Current, RunningState.No), (status.After.Installed, status.After.Loaded, status.After.Running));
        service.Fail(Operation.Verify, DiagnosticCatalog.NotRunning);

        Assert.True(service.Succeed(Operation.Start).After.AllCurrent);
        service.Succeed(Operation.Verify);
    }

    [Fact]
    public async Task A_killed_process_is_started_anew_at_once()
    {
        await using var service = Deployed();
        var process = Manager.MainProcess(service.Unit);
        Manager.Run("kill", "--signal=SIGKILL", service.Unit);
        // The rest of its group may take a moment longer; until then the service is being stopped, and so it is called.
        await Manager.UntilAsync(
            () => Manager.MainProcess(service.Unit) != process && Manager.Property(service.Unit, "ActiveState") != "deactivating",
            "the killed process is gone");

        Assert.NotEqual(RunningState.Unknown, service.Succeed(Operation.Status).After.Running);
        var report = service.Succeed(Operation.Deploy);

        Assert.True(report.After.AllCurrent);
        Assert.NotEqual(process, Manager.MainProcess(service.Unit));
    }

    private static TestService Deployed()
    {
        var service = new TestService();
        service.Succeed(Operation.Deploy);
        return service;
    }

    private static void Edit(TestService service, string old, string replacement)
    {
        var text = File.ReadAllText(service.UnitPath);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(service.UnitPath, text.Replace(old, replacement, StringComparison.Ordinal));
    }

    private static string AddDropIn(TestService service, string text)
    {
        var path = Path.Combine(Directory.CreateDirectory(service.UnitPath + ".d").FullName, "operator.conf");
        File.WriteAllText(path, text);
        return path;
    }
}

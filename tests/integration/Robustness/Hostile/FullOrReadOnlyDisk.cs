using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Systemd;

namespace Hermes.Gateway.Integration.Tests.Robustness.Hostile;

/// <summary>Deploys on a real systemd to a full disk or over a read-only file. The previous unit file must stay complete and its
/// process run, the code must name the problem, and the same deploy must succeed once the disk is writable.</summary>
[Trait("Manager", "systemd")]
[Trait("Campaign", "hostile")]
public sealed class FullOrReadOnlyDisk
{
    // With the argument "die", fills the folder in the second argument, if there is one, and exits. It fills the folder once, so
    // that a restart does not take the space that the test has freed.
    private const string Program = """
        #!/bin/sh
        if [ "$1" = die ]; then
            [ -z "$2" ] || ! mkdir "$0.filled" 2>/dev/null || dd if=/dev/zero of="$2/filler" bs=4096 2>/dev/null
            exit 3
        fi
        trap 'exit 0' TERM
        while :; do sleep 0.1; done

        """;

    private readonly ITestOutputHelper _output;

    public FullOrReadOnlyDisk(ITestOutputHelper output)
    {
        Requires.PrivateSystemd();
        Requires.Root();
        _output = output;
    }

    [Fact]
    public async Task Full_unit_folder_fails_the_deploy_and_keeps_the_old_unit_and_process()
    {
        await using var service = new SystemdService(Program);
        using var disk = new SmallDisk(FolderOf(service));
        var (text, process) = await DeployAsync(service, "one");
        disk.Fill();
        service.Input = service.Input with { Arguments = ["two"] };

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.DefinitionNotWritable);

        Assert.Contains("What was there is still there.", report.Findings[0].Message, StringComparison.Ordinal);
        AssertUnchanged(service, text, process);
        AssertNoTemporaryFiles(FolderOf(service));
        disk.Free();
        AssertDeploySucceeds(service, "two");
    }

    [Fact]
    public async Task Full_state_folder_fails_the_deploy_before_any_change()
    {
        await using var service = new SystemdService(Program);
        using var disk = new SmallDisk(service.Host.StateFolder(Manager.Scope));
        var (text, process) = await DeployAsync(service, "one");
        disk.Fill();
        service.Input = service.Input with { Arguments = ["two"] };

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.StateFolderUnusable);

        Assert.Empty(report.Steps.Where(step => step.Status is not null));
        AssertUnchanged(service, text, process);
        AssertNoTemporaryFiles(service.Host.StateFolder(Manager.Scope));
        // A status writes nothing.
        Assert.Equal(RunningState.Stale, service.Succeed(Operation.Status).After.Running);
        disk.Free();
        AssertDeploySucceeds(service, "two");
    }

    [Fact]
    public async Task Unit_folder_filled_before_a_rollback_fails_it_and_loses_no_definition()
    {
        await using var service = new SystemdService(Program);
        using var disk = new SmallDisk(FolderOf(service));
        var (text, _) = await DeployAsync(service, "one");
        // On a busy machine, the program needs time to fill the disk before it exits.
        service.Input = service.Input with { Arguments = ["die", FolderOf(service)], StabilitySeconds = "2" };
        var start = Stopwatch.GetTimestamp();

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RollbackFailed);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20 + 20 + 3);
        // The new unit is complete, and the last good one is a backup.
        Assert.Contains(
            "[X-Hermes]\nOwned=", await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(text, Directory.GetFiles(service.Backups).Select(File.ReadAllText));
        AssertNoTemporaryFiles(FolderOf(service));
        disk.Free();
        AssertDeploySucceeds(service, "one");
    }

    [Fact]
    public async Task Read_only_unit_file_fails_the_deploy_and_is_not_changed()
    {
        await using var service = new SystemdService(Program);
        var (text, process) = await DeployAsync(service, "one");
        service.Input = service.Input with { Arguments = ["two"] };
        Manager.RunCommand("mount", "--bind", service.UnitPath, service.UnitPath);
        try
        {
            Manager.RunCommand("mount", "-o", "remount,bind,ro", service.UnitPath);
            service.Fail(Operation.Deploy, DiagnosticCatalog.DefinitionNotWritable);
            AssertUnchanged(service, text, process);
            AssertNoTemporaryFiles(FolderOf(service));
        }
        finally
        {
            Manager.RunCommand("umount", service.UnitPath);
        }

        AssertDeploySucceeds(service, "two");
    }

    [Fact]
    public async Task Unit_is_the_old_or_the_new_one_at_any_amount_of_free_space()
    {
        var (start, whole, failed) = (Stopwatch.GetTimestamp(), 0, 0);
        await using var service = new SystemdService(Program);
        using var disk = new SmallDisk(FolderOf(service));
        var (text, _) = await DeployAsync(service, "0");
        for (var i = 1; i <= Campaign.Size(6, 60); i++)
        {
            // More than a page, so that a part of the file may fit.
            service.Input = service.Input with { Arguments = [$"{i}", new string('x', 2000 + (i * 700 % 9000))] };
            disk.Fill(leave: i % 5 * 4096);

            var report = service.Run(Operation.Deploy);

            _output.WriteLine($"{i}: {report.Outcome} in {report.Duration.TotalSeconds:0.0} s: {string.Join(' ', report.Findings)}");
            var now = await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken);
            if (report.Outcome == Outcome.Changed) Assert.Equal([$"{i}"], Manager.Arguments(Manager.MainProcess(service.Unit))[2..3]);
            else Assert.Equal(text, now);
            (text, whole, failed) = (now, whole + 1, failed + (report.Outcome == Outcome.Changed ? 0 : 1));
            AssertNoTemporaryFiles(FolderOf(service));
            disk.Free();
        }

        Assert.InRange(failed, 1, whole - 1);
        Campaign.Report("hostile-disk", string.Create(CultureInfo.InvariantCulture,
            $"{whole} deploys at various amounts of room, {failed} failed, all reported correctly; {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"), _output);
    }

    private static string FolderOf(SystemdService service) => Path.GetDirectoryName(service.UnitPath)!;

    private static async Task<(string Text, int Process)> DeployAsync(SystemdService service, string argument)
    {
        service.Input = service.Input with { Arguments = [argument] };
        service.Succeed(Operation.Deploy);
        return (await File.ReadAllTextAsync(service.UnitPath), Manager.MainProcess(service.Unit));
    }

    private static void AssertUnchanged(SystemdService service, string text, int process)
    {
        Assert.Equal(text, File.ReadAllText(service.UnitPath));
        Assert.Equal(process, Manager.MainProcess(service.Unit));
        Assert.Equal("active", Manager.Property(service.Unit, "ActiveState"));
    }

    private static void AssertNoTemporaryFiles(string folder) =>
        Assert.Empty(Directory.GetFiles(folder, ".hermes-gateway.*", SearchOption.AllDirectories));

    private static void AssertDeploySucceeds(SystemdService service, string argument)
    {
        service.Input = service.Input with { Arguments = [argument] };
        var report = service.Succeed(Operation.Deploy);
        Assert.True(report.After.AllCurrent);
        Assert.Equal(argument, Manager.Arguments(Manager.MainProcess(service.Unit))[^1]);
    }
}

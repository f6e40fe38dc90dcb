using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Hostile;

/// <summary>Full disks and files that cannot be replaced, under the real manager: what was there stays whole and runs, the
/// code says what is wrong, and when the disk is well again the same command succeeds.</summary>
[Trait("Campaign", "hostile")]
public sealed class TheDiskFails
{
    // Dies with the argument "die", after filling the folder in the second argument if there is one; once, so that no
    // later life takes the room that was made.
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

    public TheDiskFails(ITestOutputHelper output)
    {
        Requires.PrivateSystemd();
        Requires.Root();
        _output = output;
    }

    [Fact]
    public async Task A_full_disk_under_the_unit_leaves_the_old_one_whole_and_running()
    {
        await using var service = new TestService(Program);
        using var disk = new SmallDisk(FolderOf(service));
        var (text, process) = await DeployAsync(service, "one");
        disk.Fill();
        service.Input = service.Input with { Arguments = ["two"] };

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.DefinitionNotWritable);

        Assert.Contains("What was there is still there.", report.Findings[0].Message, StringComparison.Ordinal);
        AssertUntouched(service, text, process);
        AssertNoLitter(FolderOf(service));
        disk.Free();
        AssertWellAgain(service, "two");
    }

    [Fact]
    public async Task A_full_disk_under_the_state_stops_an_operation_before_its_first_change()
    {
        await using var service = new TestService(Program);
        using var disk = new SmallDisk(service.Host.StateFolder(Manager.Scope));
        var (text, process) = await DeployAsync(service, "one");
        disk.Fill();
        service.Input = service.Input with { Arguments = ["two"] };

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.StateFolderUnusable);

        Assert.Empty(report.Steps.Where(step => step.Status is not null));
        AssertUntouched(service, text, process);
        AssertNoLitter(service.Host.StateFolder(Manager.Scope));
        // To look needs no room.
        Assert.Equal(RunningState.Stale, service.Succeed(Operation.Status).After.Running);
        disk.Free();
        AssertWellAgain(service, "two");
    }

    [Fact]
    public async Task A_disk_that_is_full_when_the_old_definition_is_to_come_back_loses_nothing()
    {
        await using var service = new TestService(Program);
        using var disk = new SmallDisk(FolderOf(service));
        var (text, _) = await DeployAsync(service, "one");
        // Time for a busy machine to fill the disk before the process that does so is taken for one that lives.
        service.Input = service.Input with { Arguments = ["die", FolderOf(service)], StabilitySeconds = "2" };
        var start = Stopwatch.GetTimestamp();

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RollbackFailed);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20 + 20 + 3);
        // The new one is whole, and the last good one is in the copies.
        Assert.Contains(
            "[X-Hermes]\nOwned=", await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(text, Directory.GetFiles(service.Backups).Select(File.ReadAllText));
        AssertNoLitter(FolderOf(service));
        disk.Free();
        AssertWellAgain(service, "one");
    }

    [Fact]
    public async Task A_unit_that_cannot_be_replaced_stays()
    {
        await using var service = new TestService(Program);
        var (text, process) = await DeployAsync(service, "one");
        service.Input = service.Input with { Arguments = ["two"] };
        Manager.RunCommand("mount", "--bind", service.UnitPath, service.UnitPath);
        try
        {
            Manager.RunCommand("mount", "-o", "remount,bind,ro", service.UnitPath);
            service.Fail(Operation.Deploy, DiagnosticCatalog.DefinitionNotWritable);
            AssertUntouched(service, text, process);
            AssertNoLitter(FolderOf(service));
        }
        finally
        {
            Manager.RunCommand("umount", service.UnitPath);
        }

        AssertWellAgain(service, "two");
    }

    [Fact]
    public async Task At_any_amount_of_room_the_unit_is_the_old_one_or_the_new_one()
    {
        var (start, whole, failed) = (Stopwatch.GetTimestamp(), 0, 0);
        await using var service = new TestService(Program);
        using var disk = new SmallDisk(FolderOf(service));
        var (text, _) = await DeployAsync(service, "0");
        for (var i = 1; i <= Campaign.Size(6, 60); i++)
        {
            // More than a page, so that a part of it fits.
            service.Input = service.Input with { Arguments = [$"{i}", new string('x', 2000 + (i * 700 % 9000))] };
            disk.Fill(leave: i % 5 * 4096);

            var report = service.Run(Operation.Deploy);

            _output.WriteLine($"{i}: {report.Outcome} in {report.Duration.TotalSeconds:0.0} s: {string.Join(' ', report.Findings)}");
            var now = await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken);
            if (report.Outcome == Outcome.Changed) Assert.Equal([$"{i}"], Manager.Arguments(Manager.MainProcess(service.Unit))[2..3]);
            else Assert.Equal(text, now);
            (text, whole, failed) = (now, whole + 1, failed + (report.Outcome == Outcome.Changed ? 0 : 1));
            AssertNoLitter(FolderOf(service));
            disk.Free();
        }

        Assert.InRange(failed, 1, whole - 1);
        Campaign.Report("hostile-disk", string.Create(CultureInfo.InvariantCulture,
            $"{whole} deploys at various amounts of room, {failed} failed, all truthful; {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"), _output);
    }

    private static string FolderOf(TestService service) => Path.GetDirectoryName(service.UnitPath)!;

    private static async Task<(string Text, int Process)> DeployAsync(TestService service, string argument)
    {
        service.Input = service.Input with { Arguments = [argument] };
        service.Succeed(Operation.Deploy);
        return (await File.ReadAllTextAsync(service.UnitPath), Manager.MainProcess(service.Unit));
    }

    private static void AssertUntouched(TestService service, string text, int process)
    {
        Assert.Equal(text, File.ReadAllText(service.UnitPath));
        Assert.Equal(process, Manager.MainProcess(service.Unit));
        Assert.Equal("active", Manager.Property(service.Unit, "ActiveState"));
    }

    private static void AssertNoLitter(string folder) =>
        Assert.Empty(Directory.GetFiles(folder, ".hermes-gateway.*", SearchOption.AllDirectories));

    private static void AssertWellAgain(TestService service, string argument)
    {
        service.Input = service.Input with { Arguments = [argument] };
        var report = service.Succeed(Operation.Deploy);
        Assert.True(report.After.AllCurrent);
        Assert.Equal(argument, Manager.Arguments(Manager.MainProcess(service.Unit))[^1]);
    }
}

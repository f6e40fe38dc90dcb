using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>A service that runs from releases. Which code runs is read from the process, and what a deploy writes from the inodes of the
/// files.</summary>
// The process of a Mac cannot be read.
[Trait("Os", "linux")]
public class Releases
{
    private const string Broken = "#!/bin/sh\necho 'this version does not work' >&2\nexit 3\n";

    [Fact]
    public async Task Rebuilt_program_that_does_not_start_is_taken_back_with_its_code()
    {
        await using var service = Publish(Working("1"));
        var first = service.Succeed(Operation.Deploy);
        Assert.Equal(first.Release, RunningRelease(service));
        var before = Inodes(first.Release);
        service.WriteProgram(Broken);

        var report = service.Run(Operation.Deploy);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.CrashLooping);
        Assert.Equal(first.Release, RunningRelease(service));
        Assert.Contains("version 1", await File.ReadAllTextAsync(Path.Combine(first.Release, "app.sh"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(before, Inodes(first.Release));

        service.WriteProgram(Working("2"));
        var second = service.Succeed(Operation.Deploy);
        Assert.Equal(second.Release, RunningRelease(service));
        Assert.NotEqual(first.Release, second.Release);
    }

    [Fact]
    public async Task Running_files_stay_as_they_are_while_the_next_release_is_made_and_unchanged_ones_are_shared()
    {
        await using var service = Publish(Working("1"));
        var first = service.Succeed(Operation.Deploy);
        var before = Inodes(first.Release);
        service.WriteProgram(Working("2"));

        var second = service.Succeed(Operation.Deploy);

        Assert.Equal(before, Inodes(first.Release));
        var after = Inodes(second.Release);
        Assert.Equal(Inode(before, "data.txt"), Inode(after, "data.txt"));
        Assert.NotEqual(Inode(before, "app.sh"), Inode(after, "app.sh"));

        static string Inode(string[] inodes, string name) =>
            inodes.Single(line => line.Contains($"/{name} ", StringComparison.Ordinal)).Split(' ')[^4];
    }

    [Fact]
    public async Task Restart_works_after_the_build_is_gone_and_verify_says_that_there_is_none()
    {
        await using var service = Publish(Working("1"));
        var first = service.Succeed(Operation.Deploy);
        var process = service.ProcessId;
        Directory.Delete(service.Input.PublishedFolder, recursive: true);
        service.Input = service.Input with { PublishedFolder = "" };

        service.Succeed(Operation.Restart);

        Assert.NotEqual(process, service.ProcessId);
        Assert.Equal(first.Release, RunningRelease(service));
        service.Fail(Operation.Verify, DiagnosticCatalog.NothingToRelease);
    }

    [Fact]
    public async Task Service_that_runs_from_its_build_output_is_moved_to_a_release()
    {
        await using var service = ServiceUnderTest.Deploy(Working("1"));
        var inPlace = service.Input;
        service.Input = Released(service);

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal((ReleasedState.InPlace, ReleasedState.Current), (Status(inPlace).After.Released, report.After.Released));
        Assert.Equal(report.Release, RunningRelease(service));

        ServiceReport Status(Core.Input.ServiceInput input)
        {
            var released = service.Input;
            service.Input = input;
            var status = service.Run(Operation.Status);
            service.Input = released;
            return status;
        }
    }

    [Fact]
    public async Task Moved_project_is_repaired_and_its_process_lives_on()
    {
        await using var service = Publish(Working("1"));
        var first = service.Succeed(Operation.Deploy);
        var process = service.ProcessId;
        // A definition that is newer than the process would be reported (HGW4013).
        var written = File.GetLastWriteTimeUtc(service.DefinitionPath);
        service.MoveProject("moved to another place");
        service.Input = Released(service);

        service.Fail(Operation.Verify, DiagnosticCatalog.InstalledStale);
        var report = service.Succeed(Operation.Deploy);

        Assert.Equal((Outcome.Changed, first.Release), (report.Outcome, report.Release));
        Assert.Contains(service.Input.Source, service.DefinitionText, StringComparison.Ordinal);
        Assert.Equal(process, service.ProcessId);
        Assert.Equal(written, File.GetLastWriteTimeUtc(service.DefinitionPath));
        service.Succeed(Operation.Verify);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public async Task Release_that_was_edited_is_made_again_and_the_service_restarted()
    {
        await using var service = Publish(Working("1"));
        var first = service.Succeed(Operation.Deploy);
        var process = service.ProcessId;
        var data = Path.Combine(first.Release, "data.txt");
        File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(data, "edited", TestContext.Current.CancellationToken);

        service.Fail(Operation.Verify, DiagnosticCatalog.ReleaseDamaged);
        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(first.Release, report.Release);
        Assert.Equal("data", await File.ReadAllTextAsync(data, TestContext.Current.CancellationToken));
        Assert.NotEqual(process, service.ProcessId);
        service.Succeed(Operation.Verify);
    }

    [Fact]
    public async Task Rollback_by_hand_brings_back_code_and_settings_and_a_deploy_goes_forward_again()
    {
        await using var service = Publish(Working("1"));
        service.Input = service.Input with { Arguments = ["old"] };
        var first = service.Succeed(Operation.Deploy);
        service.WriteProgram(Working("2"));
        service.Input = service.Input with { Arguments = ["new"] };
        var second = service.Succeed(Operation.Deploy);

        var report = RollBack(service);

        Assert.Equal((Outcome.Changed, first.Release), (report.Outcome, report.Release));
        Assert.Equal(first.Release, RunningRelease(service));
        Assert.Equal("old", service.CommandLine[^1]);
        service.Fail(Operation.Verify, DiagnosticCatalog.RolledBackByHand);
        var forward = service.Succeed(Operation.Deploy);
        Assert.Equal((second.Release, "new"), (RunningRelease(service), service.CommandLine[^1]));
        Assert.Equal(Outcome.Changed, forward.Outcome);
        service.Succeed(Operation.Verify);
    }

    [Fact]
    public async Task Rollback_by_hand_to_a_release_that_works_no_more_leaves_what_runs()
    {
        await using var service = Publish("");
        var needed = Path.Combine(service.Scratch, "needed");
        await File.WriteAllTextAsync(needed, "", TestContext.Current.CancellationToken);
        service.WriteProgram($"#!/bin/sh\n[ -e '{needed}' ] || exit 3\n{ServiceUnderTest.LongRunningProgram}");
        service.Succeed(Operation.Deploy);
        service.WriteProgram(Working("2"));
        var second = service.Succeed(Operation.Deploy);
        File.Delete(needed);

        var report = RollBack(service);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Equal(second.Release, RunningRelease(service));
        service.Succeed(Operation.Verify);
    }

    [Fact]
    public async Task Lost_definition_of_a_service_that_was_rolled_back_is_repaired_without_a_build()
    {
        await using var service = Publish(Working("1"));
        var first = service.Succeed(Operation.Deploy);
        service.WriteProgram(Working("2"));
        service.Input = service.Input with { Arguments = ["new"] };
        service.Succeed(Operation.Deploy);
        RollBack(service);
        var definition = service.DefinitionText;
        service.Input = service.Input with { PublishedFolder = "" };
        File.Delete(service.DefinitionPath);

        service.Succeed(Operation.Start);

        Assert.Equal(definition, service.DefinitionText);
        Assert.Equal(first.Release, RunningRelease(service));
    }

    [Fact]
    public async Task Data_in_the_state_directory_is_there_after_a_deploy_a_rollback_and_an_uninstallation()
    {
        await using var service = Publish(Writing("1"));
        var data = Path.Combine(service.Scratch, "data");
        service.Input = service.Input with { StateDirectory = data };
        service.Succeed(Operation.Deploy);
        service.WriteProgram(Writing("2"));
        service.Succeed(Operation.Deploy);
        RollBack(service);
        service.Succeed(Operation.Uninstall);

        Assert.Equal(["1", "2", "1"], await File.ReadAllLinesAsync(Path.Combine(data, "rows"), TestContext.Current.CancellationToken));

        static string Writing(string version) => $"#!/bin/sh\necho {version} >> \"$STATE_DIRECTORY/rows\"\n{ServiceUnderTest.LongRunningProgram}";
    }

    [Fact]
    public async Task Uninstall_removes_the_releases()
    {
        await using var service = Publish(Working("1"));
        service.Succeed(Operation.Deploy);

        service.Succeed(Operation.Uninstall);

        Assert.Empty(Directory.GetFileSystemEntries(service.Input.ReleaseRoot));
    }

    private static ServiceUnderTest Publish(string program)
    {
        var service = ServiceUnderTest.New(program);
        service.Input = Released(service);
        return service;
    }

    private static ServiceReport RollBack(ServiceUnderTest service)
    {
        var input = service.Input;
        service.Input = input with { ChosenRelease = "" };
        var report = service.Run(Operation.Rollback);
        service.Input = input;
        return report;
    }

    private static Core.Input.ServiceInput Released(ServiceUnderTest service)
    {
        File.WriteAllText(Path.Combine(service.Project, "data.txt"), "data");
        return service.Input with
        {
            Releases = "true",
            ReleaseRoot = Path.Combine(service.Scratch, "releases"),
            PublishedFolder = service.Project,
            Program = Path.GetFileName(service.ProgramPath),
            StabilitySeconds = ServiceUnderTest.SecondsToObserveAnExit,
        };
    }

    private static string Working(string version) => $"{ServiceUnderTest.LongRunningProgram}# version {version}\n";

    private static string RunningRelease(ServiceUnderTest service) => Manager.WorkingDirectory(service.ProcessId!.Value);

    // Path, inode, size, time and mode of each file and folder.
    private static string[] Inodes(string folder) =>
        [.. Manager.RunCommand("find", folder, "-printf", "%p %i %s %T@ %m\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order()];
}

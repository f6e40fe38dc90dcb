using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>Operations on a service that runs from a release.</summary>
public sealed class ReleaseOfAService : IDisposable
{
    private const UnixFileMode Writable = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Deploy_makes_a_complete_read_only_release_and_points_the_definition_to_it()
    {
        var request = Publish("1");

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Changed, ReleasedState.Current), (report.Outcome, report.After.Released));
        Assert.Equal([StepKind.Release, StepKind.Write, StepKind.Enable, StepKind.Load, StepKind.Start], report.Steps.Select(step => step.Kind));
        var release = request.Release!;
        Assert.Equal(release.Folder, report.Release);
        Assert.Equal(["App", "App.dll", "service.json", "wwwroot/index.html"], ReleaseContent.PathsIn(release.Folder).Order(StringComparer.Ordinal));
        Assert.Equal("version 1", File.ReadAllText(Path.Combine(release.Folder, "App.dll")));
        Assert.All(
            new DirectoryInfo(release.Folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Append(new DirectoryInfo(release.Folder)),
            entry => Assert.True((entry.UnixFileMode & Writable) == 0, entry.FullName));
        Assert.Contains($"/releases/{release.Revision}/App", File.ReadAllText(_world.PathOf(request)), StringComparison.Ordinal);
        Assert.Equal(release.Revision, release.Folders.ReadCurrent());
        Assert.NotNull(release.Folders.ReadVerified(release.Revision));
    }

    [Fact]
    public void Deploy_of_the_same_files_does_nothing()
    {
        _world.Run(Operation.Deploy, Publish("1"));

        var report = _world.Run(Operation.Deploy, Publish("1"));

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Empty(report.Steps);
    }

    [Fact]
    public void Deploy_leaves_the_files_of_the_earlier_release_as_they_are()
    {
        var old = Publish("1");
        _world.Run(Operation.Deploy, old);
        var before = Entries(old.Release!.Folder);

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, Publish("2")).Outcome);

        Assert.Equal(before, Entries(old.Release.Folder));
    }

    [Fact]
    public void Rebuilt_program_that_does_not_start_is_taken_back_with_its_code()
    {
        var old = Publish("1");
        _world.Run(Operation.Deploy, old);
        var broken = Publish("2");
        var service = _world.Service(broken);
        _world.Manager.AfterStep = kind =>
        {
            if (kind == StepKind.Load)
                service.OnStart = service.LoadedText!.Contains(broken.Release!.Revision, StringComparison.Ordinal) ? OnStart.Fails : OnStart.Runs;
        };

        var report = _world.Run(Operation.Deploy, broken);

        Assert.True(report.Outcome == Outcome.RolledBack, string.Join("\n", report.Findings));
        Assert.Contains($"/releases/{old.Release!.Revision}/App", File.ReadAllText(_world.PathOf(old)), StringComparison.Ordinal);
        Assert.Equal("version 1", File.ReadAllText(Path.Combine(old.Release.Folder, "App.dll")));
        Assert.Equal(old.Release.Revision, old.Release.Folders.ReadCurrent());
        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Verify, old).Outcome);
        Assert.Contains(report.Findings, finding => finding.Message.Contains("Nothing of the new definition is left", StringComparison.Ordinal));
    }

    public static TheoryData<string, Action<string>> Damages => new()
    {
        { "content", release => Edit(Path.Combine(release, "App.dll"), path => File.WriteAllText(path, "VERSION 1")) },
        { "mode", release => File.SetUnixFileMode(Path.Combine(release, "App.dll"), UnixFileMode.UserRead | UnixFileMode.UserWrite) },
        { "removed file", release => Edit(Path.Combine(release, "wwwroot", "index.html"), File.Delete) },
        { "added file", release => Edit(Path.Combine(release, "plugin.dll"), path => File.WriteAllText(path, "")) },
        { "manifest", release => Edit(Path.Combine(release, "service.json"), path => File.WriteAllText(path, "{}")) },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Changed_release_fails_a_verify_and_is_made_again_by_a_deploy(string what, Action<string> damage)
    {
        var request = Publish("1");
        _world.Run(Operation.Deploy, request);
        var process = _world.Run(Operation.Status, request).ProcessId;
        damage(request.Release!.Folder);

        var verified = _world.Run(Operation.Verify, request);
        var deployed = _world.Run(Operation.Deploy, request);

        Assert.True((Outcome.Failed, ReleasedState.Damaged) == (verified.Outcome, verified.After.Released), what);
        Assert.Equal("HGW2019", verified.Findings[0].Code);
        Assert.Equal((Outcome.Changed, ReleasedState.Current), (deployed.Outcome, deployed.After.Released));
        Assert.Equal([StepKind.Release, StepKind.ClearFailure, StepKind.Restart], deployed.Steps.Select(step => step.Kind));
        Assert.NotEqual(process, deployed.ProcessId);
        Assert.Equal("version 1", File.ReadAllText(Path.Combine(request.Release.Folder, "App.dll")));
        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Verify, request).Outcome);
    }

    [Fact]
    public void Restart_at_a_changed_release_works_and_warns_and_a_deploy_without_a_build_is_refused()
    {
        var request = Publish("1");
        _world.Run(Operation.Deploy, request);
        Edit(Path.Combine(request.Release!.Folder, "App.dll"), path => File.WriteAllText(path, "VERSION 1"));

        var restarted = _world.Run(Operation.Restart, WithoutBuild(request));
        var deployed = _world.Run(Operation.Deploy, WithoutBuild(request));

        Assert.Equal((Outcome.Changed, "HGW2019", Severity.Warning), (restarted.Outcome, restarted.Findings[0].Code, restarted.Findings[0].Severity));
        Assert.Equal((Outcome.Failed, "HGW2019", false), (deployed.Outcome, deployed.Findings[0].Code, deployed.Changed));
    }

    [Fact]
    public void Failed_first_deploy_is_what_the_next_start_starts()
    {
        var request = Publish("1");
        _world.Service(request).OnStart = OnStart.Fails;
        Assert.Equal(Outcome.Failed, _world.Run(Operation.Deploy, request).Outcome);
        _world.Service(request).OnStart = OnStart.Runs;

        Assert.Equal(request.Release!.Revision, request.Release.Folders.ReadCurrent());
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Start, WithoutBuild(request)).Outcome);
    }

    [Fact]
    public void Restart_that_waited_for_a_deploy_does_not_bring_the_release_before_back()
    {
        var old = Publish("1");
        _world.Run(Operation.Deploy, old);
        _world.Run(Operation.Deploy, Publish("2"));

        var report = _world.Run(Operation.Restart, WithoutBuild(old));

        Assert.Equal((Outcome.Failed, "HGW2016", false), (report.Outcome, report.Findings[0].Code, report.Changed));
    }

    [Fact]
    public void Database_that_the_program_keeps_in_its_release_is_put_aside()
    {
        var old = Publish("1");
        _world.Run(Operation.Deploy, old);
        Edit(Path.Combine(old.Release!.Folder, "app.db"), path => File.WriteAllText(path, "rows"));
        var request = Publish("2");

        var report = _world.Run(Operation.Deploy, request with { Release = request.Release! with { Kept = 0 } });

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal("HGW2022", Assert.Single(report.Findings).Code);
        var aside = Assert.Single(Directory.GetDirectories(request.Release.Folders.Releases, "aside-*"));
        Assert.Equal("rows", File.ReadAllText(Path.Combine(aside, "app.db")));
    }

    [Fact]
    public void Link_out_of_the_published_folder_is_released_as_the_file_that_it_leads_to()
    {
        PublishedSample.Write(_world.At("published"), "1");
        File.WriteAllText(_world.At("outside.txt"), "content");
        File.CreateSymbolicLink(_world.At("published/outside"), _world.At("outside.txt"));
        File.CreateSymbolicLink(_world.At("published/inside"), "App.dll");
        var request = Request();

        _world.Run(Operation.Deploy, request);
        File.WriteAllText(_world.At("outside.txt"), "changed");

        Assert.Null(new FileInfo(Path.Combine(request.Release!.Folder, "outside")).LinkTarget);
        Assert.Equal("content", File.ReadAllText(Path.Combine(request.Release.Folder, "outside")));
        Assert.Equal("App.dll", new FileInfo(Path.Combine(request.Release.Folder, "inside")).LinkTarget);
    }

    [Fact]
    public void Releases_of_another_project_with_the_same_name_are_not_removed()
    {
        var request = Publish("1");
        _world.Run(Operation.Deploy, request);
        var source = _world.At("Other.csproj");
        File.WriteAllText(source, "<Project/>");
        Publish("2");
        var other = Request();
        other = other with { TakeOver = true, Definition = other.Definition with { Source = source }, Release = other.Release! with { Kept = 0 } };

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, other).Outcome);

        Assert.True(Directory.Exists(request.Release!.Folder));
    }

    [Fact]
    public void Published_files_that_cannot_be_read_fail_a_deploy_and_not_a_status()
    {
        var request = Publish("1");
        _world.Run(Operation.Deploy, request);
        var unreadable = WithoutBuild(request) with { Release = request.Release! with { Content = null, Problem = "no access." } };

        Assert.Equal((Outcome.Failed, "HGW2021"), (_world.Run(Operation.Deploy, unreadable) is var report ? report.Outcome : default, report.Findings[0].Code));
        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Status, unreadable).Outcome);
    }

    [Fact]
    public void Deleted_release_is_made_again_by_a_deploy()
    {
        var request = Publish("1");
        _world.Run(Operation.Deploy, request);
        Delete(request.Release!.Folder);

        Assert.Contains(_world.Run(Operation.Verify, request).Findings, finding => finding.Code == "HGW2019");
        Assert.Equal(ReleasedState.Current, _world.Run(Operation.Deploy, request).After.Released);
    }

    [Fact]
    public void Restart_stays_at_the_current_release_when_there_is_no_build()
    {
        var request = Publish("1");
        _world.Run(Operation.Deploy, request);

        var report = _world.Run(Operation.Restart, WithoutBuild(request));

        Assert.Equal((Outcome.Changed, request.Release!.Folder), (report.Outcome, report.Release));
        Assert.Empty(report.Findings);
    }

    [Fact]
    public void Verify_without_a_build_fails_because_there_is_nothing_to_compare_with()
    {
        var request = Publish("1");
        _world.Run(Operation.Deploy, request);

        var report = _world.Run(Operation.Verify, WithoutBuild(request));

        Assert.Equal((Outcome.Failed, "HGW2021"), (report.Outcome, report.Findings[0].Code));
    }

    [Fact]
    public void Deploy_without_a_build_keeps_the_release_and_says_so()
    {
        var request = Publish("1");
        _world.Run(Operation.Deploy, request);

        var report = _world.Run(Operation.Deploy, WithoutBuild(request));

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Equal((Severity.Warning, "HGW2021"), (report.Findings[0].Severity, report.Findings[0].Code));
    }

    [Fact]
    public void Deploy_without_a_build_and_without_a_release_is_refused()
    {
        var report = _world.Run(Operation.Deploy, WithoutBuild(Publish("1")));

        Assert.Equal((Outcome.Failed, "HGW2021"), (report.Outcome, report.Findings[0].Code));
        Assert.False(File.Exists(report.DefinitionPath));
    }

    [Fact]
    public void Plan_of_a_build_that_is_not_published_shows_the_steps()
    {
        var request = WithoutBuild(Publish("1"));

        var report = _world.Run(Operation.PlanDeploy, request with { Release = request.Release! with { IsBuildNewer = true } });

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Equal([StepKind.Release, StepKind.Write, StepKind.Enable, StepKind.Load, StepKind.Start], report.Steps.Select(step => step.Kind));
    }

    [Fact]
    public void Build_that_is_newer_than_the_release_is_installed_but_stale_and_is_not_released()
    {
        var request = Publish("1");
        _world.Run(Operation.Deploy, request);
        var newer = request with { Release = request.Release! with { IsBuildNewer = true } };

        var verified = _world.Run(Operation.Verify, newer);
        var deployed = _world.Run(Operation.Deploy, newer);

        Assert.Equal((Outcome.Failed, ReleasedState.Missing, "HGW4002"), (verified.Outcome, verified.After.Released, verified.Findings[0].Code));
        Assert.Equal((Outcome.Failed, "HGW2021", false), (deployed.Outcome, deployed.Findings[0].Code, deployed.Changed));
    }

    [Fact]
    public void File_that_changes_while_it_is_released_fails_the_deploy_and_leaves_the_service_as_it_was()
    {
        var old = Publish("1");
        _world.Run(Operation.Deploy, old);
        var (unit, request) = (File.ReadAllText(_world.PathOf(old)), Publish("2"));
        File.WriteAllText(Path.Combine(request.Release!.Content!.Folder, "App.dll"), "version 3");

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Failed, "HGW2018", false), (report.Outcome, report.Findings[0].Code, report.Changed));
        Assert.Equal(unit, File.ReadAllText(_world.PathOf(old)));
        Assert.False(Directory.Exists(request.Release.Folder));
        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Verify, old).Outcome);
    }

    [Fact]
    public void Program_with_a_file_named_like_the_manifest_is_not_released()
    {
        Publish("1");
        File.WriteAllText(_world.At("published/service.json"), "{}");

        var report = _world.Run(Operation.Deploy, Request());

        Assert.Equal((Outcome.Failed, "HGW2018"), (report.Outcome, report.Findings[0].Code));
    }

    [Fact]
    public void Folder_that_is_no_folder_fails_the_deploy_before_anything_is_changed()
    {
        var request = Publish("1");
        File.WriteAllText(request.Release!.Folders.Root, "a file");

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Failed, "HGW2018", false), (report.Outcome, report.Findings[0].Code, report.Changed));
        Assert.False(File.Exists(_world.PathOf(request)));
    }

    [Fact]
    public void Newest_verified_releases_are_kept_and_those_that_never_worked_are_not()
    {
        var revisions = new List<string>();
        for (var version = 1; version <= 5; version++)
        {
            var request = Publish($"{version}");
            request = request with { Release = request.Release! with { Kept = 2 } };
            // The third never works.
            _world.Service(request).OnStart = version == 3 ? OnStart.Fails : OnStart.Runs;
            _world.Run(Operation.Deploy, request with { Rollback = version != 3 });
            _world.Clock.Advance(TimeSpan.FromHours(1));
            revisions.Add(request.Release.Revision);
        }

        var left = Request().Release!.Folders.List().Order(StringComparer.Ordinal);

        Assert.Equal(new[] { revisions[1], revisions[3], revisions[4] }.Order(StringComparer.Ordinal), left);
    }

    [Fact]
    public void Release_that_a_live_process_uses_is_kept()
    {
        var old = Publish("1");
        _world.Run(Operation.Deploy, old);
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sleep", "60") { WorkingDirectory = old.Release!.Folder })!;
        try
        {
            Deploy("2");
            Assert.True(Directory.Exists(old.Release.Folder));
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }

        Deploy("3");
        Assert.False(Directory.Exists(old.Release.Folder));

        void Deploy(string version)
        {
            var request = Publish(version);
            Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request with { Release = request.Release! with { Kept = 0 } }).Outcome);
        }
    }

    [Fact]
    public void What_an_interrupted_deploy_left_is_removed_by_the_next_one()
    {
        var request = Publish("1");
        var litter = request.Release!.Folders.NewStaging();
        Directory.CreateDirectory(Path.Combine(litter, "inner"));
        File.SetUnixFileMode(Path.Combine(litter, "inner"), UnixFileMode.UserRead);

        _world.Run(Operation.Deploy, request);

        Assert.False(Directory.Exists(litter));
        Assert.Empty(request.Release.Folders.ListLitter());
    }

    [Fact]
    public void Uninstall_removes_all_releases_and_no_other_file()
    {
        _world.Run(Operation.Deploy, Publish("1"));
        var request = Publish("2");
        _world.Run(Operation.Deploy, request);
        var other = Path.Combine(request.Release!.Folders.Home, "notes.txt");
        File.WriteAllText(other, "mine");

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Uninstall, WithoutBuild(request)).Outcome);

        Assert.Equal([other], Directory.GetFileSystemEntries(request.Release.Folders.Home));
    }

    [Fact]
    public void Description_of_a_release_conforms_to_its_schema()
    {
        var request = Publish("1");
        _world.Run(Operation.Deploy, request);
        var schema = ReportSchema.Build(File.ReadAllText(Repository.PathOf("docs", "service.schema.json")));

        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(request.Release!.Folder, "service.json")));

        Assert.True(schema.Evaluate(json.RootElement).IsValid);
    }

    private ServiceRequest Publish(string version)
    {
        PublishedSample.Write(_world.At("published"), version);
        return Request();
    }

    private ServiceRequest Request()
    {
        var content = ReleaseContent.Of(_world.At("published"));
        var request = _world.Request();
        // Unit files escape the character "%".
        var release = new ServiceRelease(new ReleaseFolders(_world.At("100%"), request.Definition.Name), content.Revision) { Content = content };
        return request with
        {
            Release = release,
            Definition = request.Definition with
            {
                Program = Path.Combine(release.Folder, "App"), WorkingDirectory = release.Folder, Revision = release.Revision,
            },
        };
    }

    private static ServiceRequest WithoutBuild(ServiceRequest request) => request with { Release = request.Release! with { Content = null } };

    private static string[] Entries(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(entry => $"{entry.FullName} {entry.LastWriteTimeUtc.Ticks} {entry.UnixFileMode}").Order(),
    ];

    private static void Edit(string path, Action<string> edit)
    {
        var folder = Path.GetDirectoryName(path)!;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (File.Exists(path)) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        edit(path);
        if (File.Exists(path)) File.SetUnixFileMode(path, UnixFileMode.UserRead);
    }

    private static void Delete(string folder)
    {
        foreach (var inner in Directory.GetDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
            File.SetUnixFileMode(inner, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(folder, recursive: true);
    }
}

using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>A deploy of a service that runs from a release.</summary>
public sealed class ReleaseOfAService : IDisposable
{
    private const UnixFileMode Writable = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly World _world = new();
    private readonly ReleaseRequests _releases;

    public ReleaseOfAService() => _releases = new ReleaseRequests(_world);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Deploy_makes_a_complete_read_only_release_and_points_the_definition_to_it()
    {
        var request = _releases.Publish("1");

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
        Assert.NotNull(_releases.RecordsOf(request).Read(release.Revision));
    }

    [Fact]
    public void Deploy_of_the_same_files_does_nothing()
    {
        _world.Run(Operation.Deploy, _releases.Publish("1"));

        var report = _world.Run(Operation.Deploy, _releases.Publish("1"));

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Empty(report.Steps);
    }

    [Fact]
    public void Deploy_leaves_the_files_of_the_earlier_release_as_they_are()
    {
        var old = _releases.Publish("1");
        _world.Run(Operation.Deploy, old);
        var before = Entries(old.Release!.Folder);

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, _releases.Publish("2")).Outcome);

        Assert.Equal(before, Entries(old.Release.Folder));
    }

    [Fact]
    public void Rebuilt_program_that_does_not_start_is_taken_back_with_its_code()
    {
        var old = _releases.Publish("1");
        _world.Run(Operation.Deploy, old);
        var broken = _releases.Publish("2");
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

    [Fact]
    public void Link_out_of_the_published_folder_is_released_as_the_file_that_it_leads_to()
    {
        PublishedSample.Write(_world.At("published"), "1");
        File.WriteAllText(_world.At("outside.txt"), "content");
        File.CreateSymbolicLink(_world.At("published/outside"), _world.At("outside.txt"));
        File.CreateSymbolicLink(_world.At("published/inside"), "App.dll");
        var request = _releases.Request();

        _world.Run(Operation.Deploy, request);
        File.WriteAllText(_world.At("outside.txt"), "changed");

        Assert.Null(new FileInfo(Path.Combine(request.Release!.Folder, "outside")).LinkTarget);
        Assert.Equal("content", File.ReadAllText(Path.Combine(request.Release.Folder, "outside")));
        Assert.Equal("App.dll", new FileInfo(Path.Combine(request.Release.Folder, "inside")).LinkTarget);
    }

    [Fact]
    public void File_that_changes_while_it_is_released_fails_the_deploy_and_leaves_the_service_as_it_was()
    {
        var old = _releases.Publish("1");
        _world.Run(Operation.Deploy, old);
        var (unit, request) = (File.ReadAllText(_world.PathOf(old)), _releases.Publish("2"));
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
        _releases.Publish("1");
        File.WriteAllText(_world.At("published/service.json"), "{}");

        var report = _world.Run(Operation.Deploy, _releases.Request());

        Assert.Equal((Outcome.Failed, "HGW2018"), (report.Outcome, report.Findings[0].Code));
    }

    [Fact]
    public void Folder_that_is_no_folder_fails_the_deploy_before_anything_is_changed()
    {
        var request = _releases.Publish("1");
        File.WriteAllText(request.Release!.Folders.Root, "a file");

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Failed, "HGW2018", false), (report.Outcome, report.Findings[0].Code, report.Changed));
        Assert.False(File.Exists(_world.PathOf(request)));
    }

    [Fact]
    public void Description_of_a_release_conforms_to_its_schema()
    {
        var request = _releases.Publish("1");
        _world.Run(Operation.Deploy, request);
        var schema = ReportSchema.Build(File.ReadAllText(Repository.PathOf("docs", "service.schema.json")));

        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(request.Release!.Folder, "service.json")));

        Assert.True(schema.Evaluate(json.RootElement).IsValid);
    }

    private static string[] Entries(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(entry => $"{entry.FullName} {entry.LastWriteTimeUtc.Ticks} {entry.UnixFileMode}").Order(),
    ];
}

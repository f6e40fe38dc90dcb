using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>Which releases are removed after a deploy and by an uninstallation, and which are kept.</summary>
public sealed class RemovalOfReleases : IDisposable
{
    private readonly World _world = new();
    private readonly ReleaseRequests _releases;

    public RemovalOfReleases() => _releases = new ReleaseRequests(_world);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Newest_verified_releases_are_kept_and_those_that_never_worked_are_not()
    {
        var revisions = new List<string>();
        for (var version = 1; version <= 5; version++)
        {
            var request = _releases.Publish($"{version}");
            request = request with { Release = request.Release! with { KeepCount = 2 } };
            // The third never works.
            _world.Service(request).OnStart = version == 3 ? OnStart.Fails : OnStart.Runs;
            _world.Run(Operation.Deploy, request with { Rollback = version != 3 });
            _world.Clock.Advance(TimeSpan.FromHours(1));
            revisions.Add(request.Release.Revision);
        }

        var left = _releases.Request().Release!.Folders.List().Order(StringComparer.Ordinal);

        Assert.Equal(new[] { revisions[1], revisions[3], revisions[4] }.Order(StringComparer.Ordinal), left);
    }

    [Fact]
    public void Release_whose_deploy_was_killed_after_its_verification_is_recorded_by_the_next_one()
    {
        var request = _releases.Publish("1");
        _world.Run(Operation.Deploy, request);
        var records = _releases.RecordsOf(request);
        records.Delete(request.Release!.Revision);

        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Deploy, request).Outcome);

        Assert.NotNull(records.Read(request.Release.Revision));
    }

    [Fact]
    public void Release_that_a_live_process_uses_is_kept()
    {
        var old = _releases.Publish("1");
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
            var request = _releases.Publish(version);
            Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request with { Release = request.Release! with { KeepCount = 0 } }).Outcome);
        }
    }

    [Fact]
    public void Database_that_the_program_keeps_in_its_release_is_put_aside()
    {
        var old = _releases.Publish("1");
        _world.Run(Operation.Deploy, old);
        ReleaseRequests.Edit(Path.Combine(old.Release!.Folder, "app.db"), path => File.WriteAllText(path, "rows"));
        var request = _releases.Publish("2");

        var report = _world.Run(Operation.Deploy, request with { Release = request.Release! with { KeepCount = 0 } });

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal("HGW2022", Assert.Single(report.Findings).Code);
        var aside = Assert.Single(Directory.GetDirectories(request.Release.Folders.Releases, "aside-*"));
        Assert.Equal("rows", File.ReadAllText(Path.Combine(aside, "app.db")));
    }

    [Fact]
    public void Releases_of_another_project_with_the_same_name_are_not_removed()
    {
        var request = _releases.Publish("1");
        _world.Run(Operation.Deploy, request);
        var source = _world.At("Other.csproj");
        File.WriteAllText(source, "<Project/>");
        _releases.Publish("2");
        var other = _releases.Request();
        other = other with { TakeOver = true, Definition = other.Definition with { Source = source }, Release = other.Release! with { KeepCount = 0 } };

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, other).Outcome);

        Assert.True(Directory.Exists(request.Release!.Folder));
    }

    [Fact]
    public void What_an_interrupted_deploy_left_is_removed_by_the_next_one()
    {
        var request = _releases.Publish("1");
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
        _world.Run(Operation.Deploy, _releases.Publish("1"));
        var request = _releases.Publish("2");
        _world.Run(Operation.Deploy, request);
        var other = Path.Combine(request.Release!.Folders.Home, "notes.txt");
        File.WriteAllText(other, "mine");

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Uninstall, ReleaseRequests.WithoutBuild(request)).Outcome);

        Assert.Equal([other], Directory.GetFileSystemEntries(request.Release.Folders.Home));
    }
}

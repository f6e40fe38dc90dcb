using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>The first deploy with releases of a service that ran where it was built.</summary>
public sealed class MoveToReleases : IDisposable
{
    private readonly World _world = new();
    private readonly ServiceRequest _request;
    private readonly string _folder;

    public MoveToReleases()
    {
        var inPlace = _world.Request();
        _folder = inPlace.Definition.WorkingDirectory;
        _world.Run(Operation.Deploy, inPlace);
        var list = _world.At("list.txt");
        File.WriteAllLines(list, ["/elsewhere/Gateway.csproj", "/elsewhere/appsettings.json"]);
        File.WriteAllText(Path.Combine(_folder, "gateway.deps.json"), "{\"lib/net10.0/Library.dll\":{}}");
        File.WriteAllText(Path.Combine(_folder, "Library.dll"), "");
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), "{}");
        File.WriteAllText(Path.Combine(_folder, "gateway.pdb"), "");
        var released = new ReleaseRequests(_world).Publish("1");
        _request = released with
        {
            Definition = released.Definition with { Source = inPlace.Definition.Source }, Release = released.Release! with { BuildList = list },
        };
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Files_of_the_build_are_no_obstacle()
    {
        var other = Directory.CreateDirectory(Path.Combine(_folder, "linux-x64")).FullName;
        File.WriteAllText(Path.Combine(other, "Other.deps.json"), "{}");
        File.WriteAllText(Path.Combine(other, "Other.dll"), "");
        File.WriteAllText(Path.Combine(_folder, "App.dll"), "published");

        var report = _world.Run(Operation.Deploy, _request);

        Assert.Equal((Outcome.Changed, _request.Release!.Folder), (report.Outcome, report.Release));
        Assert.Empty(report.Findings);
    }

    [Fact]
    public void Database_beside_the_program_stops_the_deploy_before_anything_is_changed()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "uploads"));
        File.WriteAllText(Path.Combine(_folder, "app.db"), "rows");
        File.WriteAllText(Path.Combine(_folder, "uploads", "photo.jpg"), "");

        var report = _world.Run(Operation.Deploy, _request);

        Assert.Equal((Outcome.Failed, "HGW2029", false), (report.Outcome, report.Findings[0].Code, report.Changed));
        Assert.Contains("app.db, uploads/photo.jpg", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_request.Release!.Folder));
    }

    [Fact]
    public void Releases_in_another_folder_than_before_are_no_build()
    {
        _world.Run(Operation.Uninstall, _request);
        var requests = new ReleaseRequests(_world);
        File.WriteAllText(_world.At("published/App.deps.json"), "{}");
        var old = requests.Request();
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, old).Outcome);
        var folders = old.Release!.Folders with { Root = _world.At("other") };
        var moved = old with
        {
            Release = old.Release with { Folders = folders, Current = null },
            Definition = old.Definition with { Program = Path.Combine(folders.Of(old.Release.Revision), "App"), WorkingDirectory = folders.Of(old.Release.Revision) },
        };

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, moved).Outcome);
    }

    [Fact]
    public void Failed_move_leaves_no_current_release_that_a_restart_would_bring()
    {
        var service = _world.Service(_request);
        _world.Manager.AfterStep = kind =>
        {
            if (kind == StepKind.Load)
                service.OnStart = service.LoadedText!.Contains("/releases/", StringComparison.Ordinal) ? OnStart.Fails : OnStart.Runs;
        };
        Assert.Equal(Outcome.RolledBack, _world.Run(Operation.Deploy, _request).Outcome);

        Assert.Null(_request.Release!.Folders.ReadCurrent());
        Assert.False(File.Exists(_request.Release.Folders.Current));
    }

    [Fact]
    public void Service_that_has_a_release_already_is_not_asked_again()
    {
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, _request).Outcome);
        File.WriteAllText(Path.Combine(_folder, "app.db"), "rows");

        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Deploy, _request).Outcome);
    }
}

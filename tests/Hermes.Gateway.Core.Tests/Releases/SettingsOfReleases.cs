using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>The records of releases: their settings, who can read them, and what they are used for.</summary>
public sealed class SettingsOfReleases : ServiceWithReleases
{
    [Fact]
    public void Settings_that_cannot_be_recorded_are_a_warning()
    {
        var first = Deploy("1");
        var folder = Path.GetDirectoryName(RecordOf(first))!;
        Directory.Delete(folder, recursive: true);
        File.WriteAllText(folder, "in the way");

        var report = _world.Run(Operation.Deploy, Request("2"));

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal((Severity.Warning, "HGW2026"), (report.Findings[^1].Severity, report.Findings[^1].Code));
    }

    [Fact]
    public void Files_in_the_folder_of_a_project_that_was_moved_are_found()
    {
        File.WriteAllText(_world.At("app.env"), "A=1\n");
        var folder = Path.GetDirectoryName(_input.Source)!;
        Deploy("1", input => input with { EnvironmentFile = Path.Combine(folder, "app.env"), WorkingDirectory = folder });
        Deploy("2");
        var moved = Directory.CreateDirectory(_world.At("moved")).FullName;
        File.Move(_world.At("app.env"), Path.Combine(moved, "app.env"));
        File.Move(_input.Source, Path.Combine(moved, "App.csproj"));

        var request = Read(_input with { Source = Path.Combine(moved, "App.csproj"), ChosenRelease = "" });

        Assert.Equal((Path.Combine(moved, "app.env"), moved), (request.Definition.EnvironmentFile, request.Definition.WorkingDirectory));
    }

    [Fact]
    public void Secret_of_the_project_is_hidden_while_the_service_runs_from_an_earlier_release()
    {
        Deploy("1");
        Deploy("2", input => input with { Environment = ["API_TOKEN=very-secret"] });
        RollBack();

        var request = Read(_input with { Environment = ["API_TOKEN=very-secret"] });

        Assert.DoesNotContain("very-secret", request.Definition.Environment.Values);
        Assert.Equal("the token was (hidden)", KnownSecrets.Of(request, installed: null).Hide("the token was very-secret"));
    }

    [Fact]
    public void Settings_are_recorded_for_their_owner_alone_and_not_in_the_release()
    {
        var release = Deploy("1", input => input with { Environment = ["API_TOKEN=very-secret"] });

        var record = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(RecordOf(release))!));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(record));
        Assert.Contains("very-secret", File.ReadAllText(record), StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", File.ReadAllText(Path.Combine(release.Folder, "service.json")), StringComparison.Ordinal);
        _world.Run(Operation.Uninstall, Read(_input));
        Assert.False(File.Exists(record));
    }

    [Fact]
    public void Record_that_another_account_could_have_written_is_not_used()
    {
        var first = Deploy("1");
        Deploy("2");
        File.SetUnixFileMode(RecordOf(first), UnixFileMode.UserRead | UnixFileMode.OtherWrite);

        Assert.Equal("HGW2023", Refused(first.Revision).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"schema\":1,\"verified\":\"2026-01-01T00:00:00Z\",\"settings\":{\"program\":\"App\",\"releasedAssembly\":\"\",\"arguments\":[null],\"workingDirectory\":\"\",\"environment\":[],\"environmentFile\":\"\",\"user\":\"\",\"restart\":\"\",\"restartExitCodes\":[],\"parkExitCodes\":[],\"healthCheck\":\"\",\"stabilitySeconds\":\"\",\"revision\":\"\",\"managerProperties\":{}}}")]
    [InlineData("{\"schema\":1,\"verified\":\"2026-01-01T00:00:00Z\",\"settings\":null}")]
    public void Malformed_record_counts_as_none(string text)
    {
        var first = Deploy("1");
        Deploy("2");
        File.WriteAllText(RecordOf(first), text);

        Assert.Equal("HGW2023", Refused(first.Revision).Code);
    }

    [Fact]
    public void Releases_on_the_way_back_are_kept_first()
    {
        var releases = Enumerable.Range(1, 5).Select(version => Deploy($"{version}", input => input with { KeepReleases = "10" })).ToList();
        RollBack();
        RollBack();

        Deploy("6", input => input with { KeepReleases = "2" });

        Assert.Equal(releases[2].Folder, RollBack().Release);
        Assert.Equal(releases[1].Folder, RollBack().Release);
    }

    [Fact]
    public void Lost_state_folder_does_not_remove_the_releases()
    {
        var first = Deploy("1");
        var second = Deploy("2");
        Directory.Delete(_world.Store.FolderOf(Request("2").Definition), recursive: true);

        Deploy("3");

        Assert.True(Directory.Exists(first.Folder) && Directory.Exists(second.Folder));
    }

    [Fact]
    public void History_lists_the_releases_with_the_one_that_is_current()
    {
        var first = Deploy("1", input => input with { SourceRevision = "4c0ffee" });
        var broken = Request("2");
        _world.Service(broken).OnStart = OnStart.Fails;
        _world.Run(Operation.Deploy, broken);

        var releases = new ServiceHistory(_world.Host, _world.Clock).ReadReleases(Read(_input));

        Assert.Equal(
            [(first.Revision, true, true, "4c0ffee"), (broken.Release!.Revision, false, false, "")],
            releases.Select(release => (release.Revision, release.IsCurrent, release.Verified is not null, release.SourceRevision)));
        Assert.EndsWith(", source 4c0ffee  (current)", HistoryText.Line(releases[0]), StringComparison.Ordinal);
        Assert.Contains("not known to have worked", HistoryText.Line(releases[1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Restart_after_a_failed_deploy_keeps_the_settings_of_the_release_that_came_back()
    {
        var first = Deploy("1", input => input with { Arguments = ["--old"] });
        var broken = Request("2", input => input with { Arguments = ["--new"] });
        _world.Manager.AfterStep = kind =>
        {
            var service = _world.Service(broken);
            if (kind == StepKind.Load)
                service.OnStart = service.LoadedText!.Contains(first.Revision, StringComparison.Ordinal) ? OnStart.Runs : OnStart.Fails;
        };
        Assert.Equal(Outcome.RolledBack, _world.Run(Operation.Deploy, broken).Outcome);
        var unit = File.ReadAllText(_world.PathOf(broken));

        var report = _world.Run(Operation.Restart, Read(_input with { Arguments = ["--new"] }));

        Assert.Equal(unit, File.ReadAllText(_world.PathOf(broken)));
        Assert.Equal((Severity.Warning, "HGW2025"), (report.Findings[0].Severity, report.Findings[0].Code));
    }
}

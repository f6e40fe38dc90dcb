using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>A rollback that somebody asks for: which release it brings back, with which settings, and what other operations do after
/// it.</summary>
public sealed class RollbackByHand : IDisposable
{
    private readonly World _world = new();
    private readonly ServiceInput _input;

    public RollbackByHand()
    {
        File.WriteAllText(_world.At("App.csproj"), "<Project/>");
        _input = new ServiceInput
        {
            Name = "my-gateway",
            Program = "App",
            Source = _world.At("App.csproj"),
            ServiceManager = "systemd",
            Releases = "true",
            ReleaseRoot = _world.At("releases"),
        };
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Brings_back_the_release_that_worked_before_with_its_settings()
    {
        var first = Deploy("1", input => input with { Arguments = ["--old"], Environment = ["MODE=old"] });
        Deploy("2", input => input with { Arguments = ["--new"], Environment = ["MODE=new"] });

        var report = RollBack("", input => input with { Arguments = ["--new"], Environment = ["MODE=new"] });

        Assert.Equal((Outcome.Changed, first.Folder), (report.Outcome, report.Release));
        Assert.Equal([StepKind.Write, StepKind.Load, StepKind.ClearFailure, StepKind.Restart], report.Steps.Select(step => step.Kind));
        var unit = File.ReadAllText(report.DefinitionPath);
        Assert.Contains($"/releases/{first.Revision}/App", unit, StringComparison.Ordinal);
        Assert.Contains("--old", unit, StringComparison.Ordinal);
        Assert.Contains("MODE=old", unit, StringComparison.Ordinal);
        Assert.Equal(first.Revision, first.Folders.ReadCurrent());
    }

    [Fact]
    public void Goes_back_further_each_time_and_then_says_that_there_is_none()
    {
        var (first, second) = (Deploy("1"), Deploy("2"));
        Deploy("3");

        Assert.Equal(second.Folder, RollBack().Release);
        Assert.Equal(first.Folder, RollBack().Release);
        var problem = Refused("");

        Assert.Equal("HGW2023", problem.Code);
        Assert.Contains($"no release is known that worked before {first.Revision}", problem.Message, StringComparison.Ordinal);
        Assert.Contains(second.Revision, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_deploy_that_followed_a_rollback_the_release_of_that_rollback_comes_back()
    {
        Deploy("1");
        var second = Deploy("2");
        Deploy("3");
        RollBack();
        Deploy("4");

        Assert.Equal(second.Folder, RollBack().Release);
    }

    [Fact]
    public void After_a_deploy_that_failed_and_was_not_taken_back_the_release_that_worked_last_comes_back()
    {
        Deploy("1");
        var second = Deploy("2");
        var broken = Request("3", input => input with { Rollback = "false" });
        _world.Service(broken).OnStart = OnStart.Fails;
        Assert.Equal(Outcome.Failed, _world.Run(Operation.Deploy, broken).Outcome);
        _world.Service(broken).OnStart = OnStart.Runs;

        Assert.Equal(second.Folder, RollBack().Release);
    }

    [Fact]
    public void Release_can_be_chosen_by_the_beginning_of_its_revision()
    {
        var first = Deploy("1");
        Deploy("2");
        Deploy("3");

        Assert.Equal(first.Folder, RollBack(first.Revision[..6]).Release);
    }

    [Fact]
    public void Does_not_go_round_in_a_circle_when_an_earlier_version_was_deployed_again()
    {
        var (first, second) = (Deploy("1"), Deploy("2"));
        Deploy("1");

        Assert.Equal(second.Folder, RollBack().Release);
        Assert.Contains($"worked before {second.Revision}", Refused("").Message, StringComparison.Ordinal);
        Assert.Equal(first.Folder, RollBack(first.Revision).Release);
    }

    [Fact]
    public void Rollback_that_failed_and_was_not_taken_back_is_followed_by_one_that_goes_back_further()
    {
        var first = Deploy("1");
        var second = Deploy("2");
        Deploy("3");
        _world.Service(Request("3")).OnStart = OnStart.Fails;

        var failed = RollBack("", input => input with { Rollback = "false" });

        Assert.Equal((Outcome.Failed, second.Folder), (failed.Outcome, failed.Release));
        _world.Service(Request("3")).OnStart = OnStart.Runs;
        Assert.Equal(first.Folder, RollBack().Release);
    }

    [Fact]
    public void Failed_rollback_advises_the_same_rollback_and_says_that_it_could_not_go_back()
    {
        var first = Deploy("1");
        Deploy("2");
        _world.Manager.AfterStep = kind =>
        {
            var service = _world.Service(Request("2"));
            if (kind == StepKind.Load)
                service.OnStart = service.LoadedText!.Contains(first.Revision, StringComparison.Ordinal) ? OnStart.Fails : OnStart.Runs;
        };

        var report = RollBack();

        var finding = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RolledBack);
        Assert.StartsWith($"my-gateway could not go back to release {first.Revision}: ", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(report.Findings, each => each.Advice?.Contains("DeployGateway", StringComparison.Ordinal) == true);
        Assert.EndsWith($"-t:RollbackGateway -p:HermesGatewayRelease={first.Revision}", finding.Advice, StringComparison.Ordinal);
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

    [Fact]
    public void Settings_that_were_installed_for_the_release_of_a_rollback_are_what_the_next_start_uses()
    {
        Deploy("1", input => input with { Arguments = ["--old"] });
        Deploy("2");
        RollBack();
        var installed = Request("1", input => input with { Arguments = ["--new"] });
        _world.Run(Operation.Install, installed);
        var unit = File.ReadAllText(_world.PathOf(installed));

        var started = _world.Run(Operation.Start, Read(_input with { Arguments = ["--new"] }));

        Assert.Equal(unit, File.ReadAllText(_world.PathOf(installed)));
        Assert.Empty(started.Findings);
        Assert.Null(Read(_input).Release!.RolledBack);
    }

    [Fact]
    public void Start_after_an_interrupted_rollback_completes_it_with_the_settings_of_its_release()
    {
        Deploy("1", input => input with { Arguments = ["--old"] });
        var second = Deploy("2", input => input with { Arguments = ["--new"] });
        _world.Manager.AfterStep = _ => throw new PowerCutException();
        Assert.Throws<PowerCutException>(() => RollBack());
        _world.Manager.AfterStep = _ => { };

        _world.Run(Operation.Restart, Read(_input with { Arguments = ["--new"] }));

        Assert.Contains("--old", File.ReadAllText(_world.PathOf(Request("2"))), StringComparison.Ordinal);
        Assert.Equal([second.Revision], Read(_input).Release!.RolledBack!.Left);
    }

    [Fact]
    public void Verify_without_a_published_build_says_that_the_service_was_rolled_back()
    {
        Deploy("1");
        Deploy("2");
        RollBack();

        var withoutBuild = _world.Run(Operation.Verify, Read(_input));
        var newer = _world.Run(Operation.Verify, Read(_input with { IsBuildNewer = true }));

        Assert.Equal(["HGW2024"], withoutBuild.Findings.Select(finding => finding.Code));
        Assert.Equal(["HGW2024"], newer.Findings.Select(finding => finding.Code));
        Assert.EndsWith("There is no build to compare it with.", withoutBuild.Findings[0].Message, StringComparison.Ordinal);
        Assert.EndsWith("The current build is not published.", newer.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Services_that_can_go_back_do_and_the_others_are_named()
    {
        Deploy("1");
        var second = Deploy("2");
        var other = _input with { Name = "other", Releases = "false", Program = "/bin/true" };

        var (requests, problems) = RequestReader.Read([_input with { ChosenRelease = "" }, other with { ChosenRelease = "" }], _world.Host);

        Assert.NotEqual(second.Folder, Assert.Single(requests).Release!.Folder);
        Assert.Equal((Severity.Warning, "HGW2023"), (Assert.Single(problems).Severity, problems[0].Code));
        Assert.EndsWith("It is left as it is.", problems[0].Message, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("0123456789abcdef", "there is no release '0123456789abcdef' that was ever observed to work")]
    [InlineData("../../etc", "there is no release '../../etc' that was ever observed to work")]
    public void Unknown_release_is_refused_and_the_known_ones_are_listed(string wanted, string message)
    {
        var (first, second) = (Deploy("1"), Deploy("2"));

        var problem = Refused(wanted);

        Assert.Equal("HGW2023", problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Matches($"{second.Revision} \\(worked at [^)]*, current\\)", problem.Message);
        Assert.Contains($"{first.Revision} (worked at ", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith($"-t:RollbackGateway -p:HermesGatewayRelease={first.Revision}", problem.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Release_that_never_worked_or_was_removed_is_not_brought_back()
    {
        var first = Deploy("1");
        var broken = Request("2");
        _world.Service(broken).OnStart = OnStart.Fails;
        _world.Run(Operation.Deploy, broken);
        _world.Service(broken).OnStart = OnStart.Runs;

        Assert.Equal("HGW2023", Refused(broken.Release!.Revision).Code);
        Deploy("3", input => input with { KeepReleases = "0" });
        Assert.Contains($"{first.Revision}, which worked before", Refused("").Message, StringComparison.Ordinal);
        Assert.Null(Records(first).Read(first.Revision));
    }

    [Fact]
    public void Service_without_releases_is_refused() =>
        Assert.Equal("HGW2023", Refused("", input => input with { Releases = "false", Program = "/bin/true" }).Code);

    [Fact]
    public void Release_that_was_edited_is_refused_before_anything_is_changed()
    {
        var first = Deploy("1");
        var second = Deploy("2");
        ReleaseRequests.Edit(Path.Combine(first.Folder, "App.dll"), path => File.WriteAllText(path, "edited"));

        var report = RollBack();

        Assert.Equal((Outcome.Failed, "HGW2019", false), (report.Outcome, report.Findings[0].Code, report.Changed));
        Assert.Contains("-t:GatewayHistory", report.Findings[0].Advice, StringComparison.Ordinal);
        Assert.Equal(second.Revision, second.Folders.ReadCurrent());
    }

    [Fact]
    public void Release_that_works_no_more_is_taken_back()
    {
        Deploy("1");
        var second = Deploy("2");
        var service = _world.Service(Request("2"));
        _world.Manager.AfterStep = kind =>
        {
            if (kind == StepKind.Load)
                service.OnStart = service.LoadedText!.Contains(second.Revision, StringComparison.Ordinal) ? OnStart.Runs : OnStart.Fails;
        };

        var report = RollBack();

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Equal(second.Revision, second.Folders.ReadCurrent());
        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Verify, Request("2")).Outcome);
    }

    [Fact]
    public void Verify_says_by_whom_and_when_it_was_rolled_back_and_a_deploy_goes_forward_again()
    {
        var first = Deploy("1");
        var second = Deploy("2");
        RollBack();
        var time = _world.Clock.GetUtcNow();

        var verified = _world.Run(Operation.Verify, Request("2"));

        Assert.Equal((Outcome.Failed, "HGW2024"), (verified.Outcome, verified.Findings[0].Code));
        var name = Core.Host.Accounts.Find(_world.Host.UserId)?.Name ?? $"user {_world.Host.UserId}";
        Assert.Equal(
            $"my-gateway was rolled back to release {first.Revision} at {time:u} by {name}, from release {second.Revision}. "
            + $"The current build is release {second.Revision}.",
            verified.Findings[0].Message);
        Assert.Equal((Outcome.Changed, second.Folder), (Run(Operation.Deploy, "2").Outcome, second.Folder));
        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Verify, Request("2")).Outcome);
    }

    [Fact]
    public void Start_and_restart_keep_the_settings_of_the_release_until_a_build_is_deployed()
    {
        Deploy("1", input => input with { Arguments = ["--old"] });
        Deploy("2", input => input with { Arguments = ["--new"] });
        RollBack();
        var unit = File.ReadAllText(_world.PathOf(Request("2")));
        var withoutBuild = Read(_input with { Arguments = ["--new"] });

        var restarted = _world.Run(Operation.Restart, withoutBuild);
        _world.Run(Operation.Stop, withoutBuild);
        File.Delete(_world.PathOf(withoutBuild));
        var started = _world.Run(Operation.Start, withoutBuild);

        Assert.Equal([StepKind.ClearFailure, StepKind.Restart], restarted.Steps.Select(step => step.Kind));
        Assert.Equal(Outcome.Changed, started.Outcome);
        Assert.Equal(unit, File.ReadAllText(_world.PathOf(withoutBuild)));
        Assert.NotNull(Read(_input).Release!.RolledBack);
    }

    [Fact]
    public void Deploy_of_the_release_that_somebody_went_back_to_ends_the_rollback()
    {
        Deploy("1");
        Deploy("2");
        RollBack();

        Assert.Equal(Outcome.Unchanged, Run(Operation.Deploy, "1").Outcome);

        Assert.Null(Read(_input).Release!.RolledBack);
    }

    [Theory]
    [InlineData(StepKind.Write)]
    [InlineData(StepKind.Restart)]
    public void Rollback_that_was_cut_short_is_completed_by_the_next_one(StepKind last)
    {
        Deploy("1");
        var second = Deploy("2");
        var third = Deploy("3");
        _world.Manager.AfterStep = kind =>
        {
            if (kind == (last == StepKind.Write ? StepKind.Load : last)) throw new PowerCutException();
        };
        Assert.Throws<PowerCutException>(() => RollBack());
        _world.Manager.AfterStep = _ => { };

        var report = RollBack();

        Assert.Equal((second.Folder, RunningState.Current), (report.Release, report.After.Running));
        Assert.DoesNotContain(report.Findings, finding => finding.Severity == Severity.Error);
        var rolledBack = Read(_input).Release!.RolledBack!;
        Assert.Equal([third.Revision], rolledBack.Left);
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

    private ServiceRelease Deploy(string version, Func<ServiceInput, ServiceInput>? change = null)
    {
        var request = Request(version, change);
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
        _world.Clock.Advance(TimeSpan.FromHours(1));
        return request.Release!;
    }

    private ServiceReport Run(Operation operation, string version) => _world.Run(operation, Request(version));

    private ServiceReport RollBack(string release = "", Func<ServiceInput, ServiceInput>? change = null) =>
        _world.Run(Operation.Rollback, Read((change ?? (input => input))(_input) with { ChosenRelease = release }));

    private Finding Refused(string release, Func<ServiceInput, ServiceInput>? change = null) =>
        Assert.Single(RequestReader.Read([(change ?? (input => input))(_input) with { ChosenRelease = release }], _world.Host).Problems);

    private ServiceRequest Request(string version, Func<ServiceInput, ServiceInput>? change = null)
    {
        PublishedSample.Write(_world.At("published"), version);
        return Read((change ?? (input => input))(_input) with { PublishedFolder = _world.At("published") });
    }

    private ServiceRequest Read(ServiceInput input)
    {
        var (requests, problems) = RequestReader.Read([input], _world.Host);
        Assert.Empty(problems);
        return Assert.Single(requests);
    }

    private ReleaseRecords Records(ServiceRelease release) => new(_world.Host, default, release.Folders.Name);

    private string RecordOf(ServiceRelease release) =>
        Path.Combine(_world.Store.FolderOf(Request("1").Definition), "releases", release.Revision + ".json");

    private sealed class PowerCutException : Exception;
}

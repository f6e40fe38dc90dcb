using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>What a rollback by hand does, and what other operations do after it.</summary>
public sealed class RollbackByHand : ServiceWithReleases
{
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
        Assert.Equal([second.Revision], Read(_input).Release!.RolledBack!.LeftRevisions);
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
        Assert.Equal([third.Revision], rolledBack.LeftRevisions);
    }

    private sealed class PowerCutException : Exception;
}

using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>Operations on a service with releases when the project has no build, or a build that is not published.</summary>
public sealed class ReleaseWithoutACurrentBuild : IDisposable
{
    private readonly World _world = new();
    private readonly ReleaseRequests _releases;

    public ReleaseWithoutACurrentBuild() => _releases = new ReleaseRequests(_world);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Restart_stays_at_the_current_release_when_there_is_no_build()
    {
        var request = _releases.Publish("1");
        _world.Run(Operation.Deploy, request);

        var report = _world.Run(Operation.Restart, ReleaseRequests.WithoutBuild(request));

        Assert.Equal((Outcome.Changed, request.Release!.Folder), (report.Outcome, report.Release));
        Assert.Empty(report.Findings);
    }

    [Fact]
    public void Verify_without_a_build_fails_because_there_is_nothing_to_compare_with()
    {
        var request = _releases.Publish("1");
        _world.Run(Operation.Deploy, request);

        var report = _world.Run(Operation.Verify, ReleaseRequests.WithoutBuild(request));

        Assert.Equal((Outcome.Failed, "HGW2021"), (report.Outcome, report.Findings[0].Code));
    }

    [Fact]
    public void Deploy_without_a_build_keeps_the_release_and_says_so()
    {
        var request = _releases.Publish("1");
        _world.Run(Operation.Deploy, request);

        var report = _world.Run(Operation.Deploy, ReleaseRequests.WithoutBuild(request));

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Equal((Severity.Warning, "HGW2021"), (report.Findings[0].Severity, report.Findings[0].Code));
    }

    [Fact]
    public void Deploy_without_a_build_and_without_a_release_is_refused()
    {
        var report = _world.Run(Operation.Deploy, ReleaseRequests.WithoutBuild(_releases.Publish("1")));

        Assert.Equal((Outcome.Failed, "HGW2021"), (report.Outcome, report.Findings[0].Code));
        Assert.False(File.Exists(report.DefinitionPath));
    }

    [Fact]
    public void Failed_first_deploy_is_what_the_next_start_starts()
    {
        var request = _releases.Publish("1");
        _world.Service(request).OnStart = OnStart.Fails;
        Assert.Equal(Outcome.Failed, _world.Run(Operation.Deploy, request).Outcome);
        _world.Service(request).OnStart = OnStart.Runs;

        Assert.Equal(request.Release!.Revision, request.Release.Folders.ReadCurrent());
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Start, ReleaseRequests.WithoutBuild(request)).Outcome);
    }

    [Fact]
    public void Restart_that_waited_for_a_deploy_does_not_bring_the_release_before_back()
    {
        var old = _releases.Publish("1");
        _world.Run(Operation.Deploy, old);
        _world.Run(Operation.Deploy, _releases.Publish("2"));

        var report = _world.Run(Operation.Restart, ReleaseRequests.WithoutBuild(old));

        Assert.Equal((Outcome.Failed, "HGW2016", false), (report.Outcome, report.Findings[0].Code, report.Changed));
    }

    [Fact]
    public void Plan_of_a_build_that_is_not_published_shows_the_steps()
    {
        var request = ReleaseRequests.WithoutBuild(_releases.Publish("1"));

        var report = _world.Run(Operation.PlanDeploy, request with { Release = request.Release! with { IsBuildNewer = true } });

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Equal([StepKind.Release, StepKind.Write, StepKind.Enable, StepKind.Load, StepKind.Start], report.Steps.Select(step => step.Kind));
    }

    [Fact]
    public void Build_that_is_newer_than_the_release_is_installed_but_stale_and_is_not_released()
    {
        var request = _releases.Publish("1");
        _world.Run(Operation.Deploy, request);
        var newer = request with { Release = request.Release! with { IsBuildNewer = true } };

        var verified = _world.Run(Operation.Verify, newer);
        var deployed = _world.Run(Operation.Deploy, newer);

        Assert.Equal((Outcome.Failed, ReleasedState.Missing, "HGW4002"), (verified.Outcome, verified.After.Released, verified.Findings[0].Code));
        Assert.Equal((Outcome.Failed, "HGW2021", false), (deployed.Outcome, deployed.Findings[0].Code, deployed.Changed));
    }

    [Fact]
    public void Published_files_that_cannot_be_read_fail_a_deploy_and_not_a_status()
    {
        var request = _releases.Publish("1");
        _world.Run(Operation.Deploy, request);
        var unreadable = request with { Release = request.Release! with { Content = null, Problem = "no access." } };

        var deployed = _world.Run(Operation.Deploy, unreadable);
        var status = _world.Run(Operation.Status, unreadable);

        Assert.Equal((Outcome.Failed, "HGW2021"), (deployed.Outcome, deployed.Findings[0].Code));
        Assert.Equal(Outcome.Unchanged, status.Outcome);
    }
}

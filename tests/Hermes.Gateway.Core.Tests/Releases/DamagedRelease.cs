using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>A release whose files were changed or deleted after it was made.</summary>
public sealed class DamagedRelease : IDisposable
{
    private readonly World _world = new();
    private readonly ReleaseRequests _releases;

    public DamagedRelease() => _releases = new ReleaseRequests(_world);

    public void Dispose() => _world.Dispose();

    public static TheoryData<string, Action<string>> Damages => new()
    {
        { "content", release => ReleaseRequests.Edit(Path.Combine(release, "App.dll"), path => File.WriteAllText(path, "VERSION 1")) },
        { "mode", release => File.SetUnixFileMode(Path.Combine(release, "App.dll"), UnixFileMode.UserRead | UnixFileMode.UserWrite) },
        { "removed file", release => ReleaseRequests.Edit(Path.Combine(release, "wwwroot", "index.html"), File.Delete) },
        { "added file", release => ReleaseRequests.Edit(Path.Combine(release, "plugin.dll"), path => File.WriteAllText(path, "")) },
        { "manifest", release => ReleaseRequests.Edit(Path.Combine(release, "service.json"), path => File.WriteAllText(path, "{}")) },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Changed_release_fails_a_verify_and_is_made_again_by_a_deploy(string what, Action<string> damage)
    {
        var request = _releases.Publish("1");
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
        var request = _releases.Publish("1");
        _world.Run(Operation.Deploy, request);
        ReleaseRequests.Edit(Path.Combine(request.Release!.Folder, "App.dll"), path => File.WriteAllText(path, "VERSION 1"));

        var restarted = _world.Run(Operation.Restart, ReleaseRequests.WithoutBuild(request));
        var deployed = _world.Run(Operation.Deploy, ReleaseRequests.WithoutBuild(request));

        Assert.Equal((Outcome.Changed, "HGW2019", Severity.Warning), (restarted.Outcome, restarted.Findings[0].Code, restarted.Findings[0].Severity));
        Assert.Equal((Outcome.Failed, "HGW2019", false), (deployed.Outcome, deployed.Findings[0].Code, deployed.Changed));
    }

    [Fact]
    public void Deleted_release_is_made_again_by_a_deploy()
    {
        var request = _releases.Publish("1");
        _world.Run(Operation.Deploy, request);
        Delete(request.Release!.Folder);

        Assert.Contains(_world.Run(Operation.Verify, request).Findings, finding => finding.Code == "HGW2019");
        Assert.Equal(ReleasedState.Current, _world.Run(Operation.Deploy, request).After.Released);
    }

    private static void Delete(string folder)
    {
        foreach (var inner in Directory.GetDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
            File.SetUnixFileMode(inner, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(folder, recursive: true);
    }
}

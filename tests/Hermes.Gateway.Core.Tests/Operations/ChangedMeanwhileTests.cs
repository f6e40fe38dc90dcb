using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A plan is for what was seen: what somebody else changed since then is neither overwritten nor removed.</summary>
public sealed class ChangedMeanwhileTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("deploy")]
    [InlineData("uninstall")]
    public void A_file_that_was_edited_stays_as_it_is_now(string verb)
    {
        var request = Drifted();
        // After the look, when it is told what will be done.
        _world.Listener = new Intruder(() => File.AppendAllText(_world.PathOf(request), "# by hand\n"));

        var report = _world.Run(verb == "deploy" ? Operation.Deploy : Operation.Uninstall, request);

        Assert.Equal((Outcome.Failed, "HGW2016"), (report.Outcome, report.Findings[0].Code));
        Assert.EndsWith("# by hand\n", File.ReadAllText(_world.PathOf(request)), StringComparison.Ordinal);
        Assert.Equal(RunningState.Stale, report.After.Running);
        // And the next one, which looks anew, succeeds.
        _world.Listener = null;
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
    }

    [Fact]
    public void A_file_that_was_removed_with_its_folder_is_not_taken_for_our_doing()
    {
        var request = Drifted();
        _world.Listener = new Intruder(() => Directory.Delete(Path.GetDirectoryName(_world.PathOf(request))!, recursive: true));

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Failed, "HGW2016"), (report.Outcome, report.Findings[0].Code));
        Assert.False(Path.Exists(Path.GetDirectoryName(_world.PathOf(request))));
        _world.Listener = null;
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_somebody_put_where_nothing_was_is_left_alone(bool isLink)
    {
        var request = _world.Request();
        var path = _world.PathOf(request);
        _world.Listener = new Intruder(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (isLink) File.CreateSymbolicLink(path, "/dev/null");
            else File.WriteAllText(path, "[Service]\nExecStart=/bin/true\n");
        });

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Failed, "HGW2016"), (report.Outcome, report.Findings[0].Code));
        Assert.Equal(isLink ? "/dev/null" : null, new FileInfo(path).LinkTarget);
        if (!isLink) Assert.Equal("[Service]\nExecStart=/bin/true\n", File.ReadAllText(path));
        Assert.Empty(_world.Manager.Applied);
    }

    private ServiceRequest Drifted()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        return request with { Definition = request.Definition with { Arguments = ["--changed"] } };
    }

    private sealed class Intruder(Action act) : IOperationListener
    {
        public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings) => act();
    }
}

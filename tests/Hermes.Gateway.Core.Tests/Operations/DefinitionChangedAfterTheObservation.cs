using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A definition that another program changes between the observation and the steps is neither overwritten nor
/// removed.</summary>
public sealed class DefinitionChangedAfterTheObservation : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("deploy")]
    [InlineData("uninstall")]
    public void Edited_file_is_neither_overwritten_nor_removed(string verb)
    {
        var request = Drifted();
        // The listener is called with the plan, after the observation and before the first step.
        _world.Listener = new ConcurrentChange(() => File.AppendAllText(_world.PathOf(request), "# by hand\n"));

        var report = _world.Run(verb == "deploy" ? Operation.Deploy : Operation.Uninstall, request);

        Assert.Equal((Outcome.Failed, "HGW2016"), (report.Outcome, report.Findings[0].Code));
        Assert.EndsWith("# by hand\n", File.ReadAllText(_world.PathOf(request)), StringComparison.Ordinal);
        Assert.Equal(RunningState.Stale, report.After.Running);
        // The next deploy observes the changed file and succeeds.
        _world.Listener = null;
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
    }

    [Fact]
    public void Removal_of_its_folder_by_another_program_fails_the_deploy()
    {
        var request = Drifted();
        _world.Listener = new ConcurrentChange(() => Directory.Delete(Path.GetDirectoryName(_world.PathOf(request))!, recursive: true));

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Failed, "HGW2016"), (report.Outcome, report.Findings[0].Code));
        Assert.False(Path.Exists(Path.GetDirectoryName(_world.PathOf(request))));
        _world.Listener = null;
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void File_or_link_created_by_another_program_is_left_alone(bool isLink)
    {
        var request = _world.Request();
        var path = _world.PathOf(request);
        _world.Listener = new ConcurrentChange(() =>
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

    private sealed class ConcurrentChange(Action act) : IOperationListener
    {
        public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings) => act();
    }
}

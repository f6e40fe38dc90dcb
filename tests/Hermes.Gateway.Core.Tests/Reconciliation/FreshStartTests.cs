using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Reconciliation;

/// <summary>Whom the manager is asked for after a start, when processes can prove themselves.</summary>
public sealed class FreshStartTests : IDisposable
{
    private readonly World _world = new();

    public FreshStartTests() => _world.Manager.ProvesItself = _ => true;

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Who_proves_himself_is_not_asked_for_neither_at_once_nor_when_he_has_lived_long_enough()
    {
        var request = _world.Request() with { Stability = TimeSpan.FromSeconds(2) };

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.True(report.After.AllCurrent);
        Assert.Equal(1, _world.Manager.Observations);
    }

    [Fact]
    public void Of_several_only_the_others_are_asked_for()
    {
        var requests = Enumerable.Range(0, 3).Select(i => _world.Request($"s{i}")).ToList();
        var silent = _world.Manager.Describe(requests[1].Definition).DefinitionPath;
        _world.Manager.ProvesItself = seen => seen.DefinitionPath != silent;
        var asked = new List<string>();
        _world.Manager.Distort = seen =>
        {
            asked.Add(seen.DefinitionPath);
            return seen;
        };

        var reports = _world.Run(Operation.Deploy, requests);

        Assert.All(reports, report => Assert.True(report.After.AllCurrent));
        Assert.Equal([silent], asked.Skip(requests.Count).Distinct());
    }

    [Fact]
    public void What_was_not_started_is_asked_for()
    {
        _world.Run(Operation.Deploy, _world.Request());
        var before = _world.Manager.Observations;

        _world.Run(Operation.Stop, _world.Request());
        _world.Run(Operation.Verify, _world.Request());

        Assert.InRange(_world.Manager.Observations, before + 3, int.MaxValue);
    }

    [Fact]
    public void Whose_start_the_manager_refused_is_asked_for()
    {
        _world.Run(Operation.Deploy, _world.Request());
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Restart
            ? new StepResult(StepStatus.Failed, DiagnosticCatalog.StartFailed.Error("refused"))
            : null;
        var before = _world.Manager.Observations;

        var report = _world.Run(Operation.Restart, _world.Request());

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.InRange(_world.Manager.Observations, before + 2, int.MaxValue);
    }

    [Fact]
    public void One_start_after_another_is_for_the_manager_to_explain()
    {
        var request = _world.Request() with { Stability = TimeSpan.FromSeconds(2) };
        _world.Service(request).OnStart = OnStart.DiesOnce;

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Changed, 1), (report.Outcome, report.Restarts));
        // Before, and when it was another process.
        Assert.InRange(_world.Manager.Observations, 2, int.MaxValue);
    }
}

using BenchmarkDotNet.Attributes;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Benchmarks;

/// <summary>What is made of an observation: the differences, and the steps that remove them.</summary>
[MemoryDiagnoser]
public class Decisions
{
    private static readonly PlanOptions Options = new(Enable: true, TakeOver: false);

    private readonly DesiredService _wanted;
    private readonly ServiceObservation _current;
    private readonly ServiceObservation _stale;
    private readonly Comparison _nothing;
    private readonly Comparison _drifted;

    /// <summary>Makes a machine on which nothing drifted, and one on which everything did.</summary>
    public Decisions()
    {
        _wanted = Inputs.OnSystemd(Inputs.Definition());
        _current = Inputs.Observation(_wanted, _wanted);
        _stale = Inputs.Observation(Inputs.OnSystemd(Inputs.Definition("other words")), _wanted);
        (_nothing, _drifted) = (Comparison.Of(_wanted, _current), Comparison.Of(_wanted, _stale));
        if (!PlanNothing().Steps.IsEmpty || PlanRepair().Steps.IsEmpty)
            throw new InvalidOperationException("The inputs are not what their names say.");
    }

    /// <summary>Nothing drifted.</summary>
    [Benchmark]
    public object CompareCurrent() => Comparison.Of(_wanted, _current);

    /// <summary>All layers drifted.</summary>
    [Benchmark]
    public object CompareStale() => Comparison.Of(_wanted, _stale);

    /// <summary>No steps.</summary>
    [Benchmark]
    public Plan PlanNothing() => Planner.For(Goal.Running, _nothing, Options);

    /// <summary>The steps of a repair.</summary>
    [Benchmark]
    public Plan PlanRepair() => Planner.For(Goal.Running, _drifted, Options);
}

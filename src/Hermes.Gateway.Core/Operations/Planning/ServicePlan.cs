namespace Hermes.Gateway.Core.Operations.Planning;

/// <summary>The result of the planning phase for one service.</summary>
internal sealed record ServicePlan : PhaseResult
{
    public Plan Plan { get; init; } = Plan.Empty;

    /// <summary>The text that <see cref="StepKind.Write"/> writes; null without that step.</summary>
    public string? DefinitionText { get; init; }

    /// <summary>The difference between that text and the one on disk, redacted.</summary>
    public ImmutableArray<string> FileDiff { get; init; } = [];

    public bool Has(StepKind kind) => Plan.Has(kind);
}

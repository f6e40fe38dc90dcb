using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Operations.Applying;

/// <summary>The result of the rollback of one service.</summary>
internal sealed record RollbackResult
{
    /// <summary>Whether the last good definition is on disk again: a process that starts from now on is one of that definition.</summary>
    public bool IsRestored { get; init; }

    /// <summary>Whether the last good state was observed again.</summary>
    public bool IsComplete { get; init; }

    public ImmutableArray<StepReport> Steps { get; init; } = [];

    public ImmutableArray<Finding> Findings { get; init; } = [];
}

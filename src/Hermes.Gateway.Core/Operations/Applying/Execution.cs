using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Operations.Applying;

/// <summary>The result of the applying phase for one service.</summary>
internal sealed record Execution : PhaseResult
{
    /// <summary>The steps that were tried, in order.</summary>
    public ImmutableArray<StepReport> Steps { get; init; } = [];

    /// <summary>The failures of a start, restart or stop, and of the commands after it. Only the observed state shows whether a
    /// command had its effect, so verification decides whether they are errors.</summary>
    public ImmutableArray<Finding> UndecidedFailures { get; init; } = [];

    /// <summary>The state that a rollback restores; null when none is known to work.</summary>
    public RestorableState? LastGood { get; init; }

    /// <summary>The definition that this or an interrupted operation wrote over the last good one; null for none.</summary>
    public string? WrittenText { get; init; }

    public bool HasJournalEntry { get; init; }

    /// <summary>Whether the manager was asked to start a process.</summary>
    public bool HasStarted => Steps.Any(step => step.Kind is StepKind.Start or StepKind.Restart);

    /// <summary>Whether something on the machine was, or may have been, changed.</summary>
    public bool HasActed => Steps.Any(step => step.Status == StepStatus.Done || !step.Kind.IsOfFiles());

    public Execution With(StepReport step) => this with { Steps = Steps.Add(step) };
}

using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;

namespace Hermes.Gateway.Core.Operations.Planning;

/// <summary>The kinds of step, in the order in which any plan runs them.</summary>
public enum StepKind
{
    /// <summary>Let the user's services run without a login. It may be what brings the user's manager up, so that after it
    /// everything is looked at and planned anew.</summary>
    RunWithoutLogin,

    /// <summary>Write the definition file, keeping what is foreign and a copy of what was there.</summary>
    Write,

    /// <summary>End the process and make sure that it stays ended.</summary>
    Stop,

    /// <summary>Make the manager not start it by itself.</summary>
    Disable,

    /// <summary>Remove the definition file.</summary>
    Remove,

    /// <summary>Make the manager forget the removed definition.</summary>
    Unload,

    /// <summary>Make the manager start it by itself at login or boot.</summary>
    Enable,

    /// <summary>Make the manager read the definition.</summary>
    Load,

    /// <summary>Clear a latched failure and its counters.</summary>
    ClearFailure,

    /// <summary>Start the process.</summary>
    Start,

    /// <summary>End the process, if there is one, and start a new one.</summary>
    Restart,
}

/// <summary>One step of a plan.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record Step(StepKind Kind, string Reason);

/// <summary>The steps from what was seen to what is wanted; or what forbids taking any.</summary>
/// <param name="Steps">In order. Empty when nothing has drifted and the goal is met.</param>
/// <param name="Blockers">Errors that forbid the plan; with any of them <paramref name="Steps"/> is empty.</param>
public sealed record Plan(ImmutableArray<Step> Steps, ImmutableArray<Finding> Blockers)
{
    /// <summary>A plan of nothing.</summary>
    public static Plan Empty { get; } = new([], []);

    /// <summary>True when the step occurs.</summary>
    public bool Has(StepKind kind) => Steps.Any(step => step.Kind == kind);
}

/// <summary>How one step went for one service.</summary>
public enum StepStatus
{
    /// <summary>The manager accepted it. Whether it had the effect is for verification to say.</summary>
    Done,

    /// <summary>It failed because the manager does not hold the definition: load it and try once more.</summary>
    NotLoaded,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>The result of one step for one service.</summary>
/// <param name="Status">How it went.</param>
/// <param name="Finding">What went wrong; null when done.</param>
internal sealed record StepResult(StepStatus Status, Finding? Finding)
{
    /// <summary>It was accepted.</summary>
    public static StepResult Done { get; } = new(StepStatus.Done, null);
}

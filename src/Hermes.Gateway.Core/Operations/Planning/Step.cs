namespace Hermes.Gateway.Core.Operations.Planning;

/// <summary>The kinds of steps. Every plan takes its steps in the order of this declaration, except a rollback, which has an order of its
/// own.</summary>
public enum StepKind
{
    /// <summary>Enable lingering, so that the user's services run without a login. It may start the user's manager, so that the services
    /// are observed and planned again after it.</summary>
    RunWithoutLogin,

    /// <summary>Make the release that the definition points to: a complete, read-only copy of the published files.</summary>
    Release,

    /// <summary>Make the folder for the program's data, for the service's account alone.</summary>
    StateDirectory,

    /// <summary>Write the definition file. Foreign keys are kept, and a copy of the file before.</summary>
    Write,

    /// <summary>End the process; the manager does not start it again.</summary>
    Stop,

    /// <summary>Disable the start at login or boot.</summary>
    Disable,

    /// <summary>Remove the definition file.</summary>
    Remove,

    /// <summary>Unload the removed definition.</summary>
    Unload,

    /// <summary>Enable the start at login or boot.</summary>
    Enable,

    /// <summary>Load the definition.</summary>
    Load,

    /// <summary>Reset the failed state and the start limit.</summary>
    ClearFailure,

    /// <summary>Start the process.</summary>
    Start,

    /// <summary>End the process, if there is one, and start a new one.</summary>
    Restart,
}

internal static class StepKindExtensions
{
    /// <summary>Whether the step changes files without the manager. Such a step has its whole effect or none.</summary>
    public static bool IsOfFiles(this StepKind kind) => kind is StepKind.Release or StepKind.StateDirectory or StepKind.Write or StepKind.Remove;
}

/// <summary>One step of a plan.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record Step(StepKind Kind, string Reason);

/// <summary>The steps that lead from the observed state to the goal.</summary>
/// <param name="Steps">The steps in order; empty when the goal is met without drift.</param>
/// <param name="Blockers">Errors that prevent the plan from being applied; <paramref name="Steps"/> is then empty.</param>
public sealed record Plan(ImmutableArray<Step> Steps, ImmutableArray<Finding> Blockers)
{
    /// <summary>The plan without steps.</summary>
    public static Plan Empty { get; } = new([], []);

    /// <summary>Whether the plan has a step of this kind.</summary>
    public bool Has(StepKind kind) => Steps.Any(step => step.Kind == kind);
}

/// <summary>The result of one step for one service.</summary>
public enum StepStatus
{
    /// <summary>The step was accepted. Only verification shows whether it had its effect.</summary>
    Done,

    /// <summary>The step failed because the definition is not loaded; it is loaded and the step retried once.</summary>
    NotLoaded,

    /// <summary>The step failed.</summary>
    Failed,
}

/// <summary>The result of one step for one service.</summary>
/// <param name="Status">The status.</param>
/// <param name="Finding">The error; null when the step was accepted.</param>
internal sealed record StepResult(StepStatus Status, Finding? Finding)
{
    /// <summary>The result of an accepted step.</summary>
    public static StepResult Done { get; } = new(StepStatus.Done, null);
}

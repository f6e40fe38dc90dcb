namespace Hermes.Gateway.Core.Operations;

/// <summary>A verb, as data: the goal, the phases on the way to it, and its options.</summary>
/// <param name="Verb">Its name for people, such as <c>deploy</c>.</param>
/// <param name="Goal">What must be true when it ends.</param>
/// <param name="Phases">The phases that it has beside observing and comparing.</param>
/// <param name="Enable">Whether the service must also start by itself at login or boot.</param>
public sealed record Operation(string Verb, Goal Goal, OperationPhases Phases, bool Enable = false)
{
    private const OperationPhases Change = OperationPhases.Plan | OperationPhases.Apply | OperationPhases.Verify;

    /// <summary>Installs or repairs the definition, starts the service and verifies that it runs.</summary>
    public static Operation Deploy { get; } = new("deploy", Goal.Running, Change, Enable: true);

    /// <summary>Plans the steps that <see cref="Deploy"/> would take.</summary>
    public static Operation PlanDeploy { get; } = new("plan", Goal.Running, OperationPhases.Plan, Enable: true);

    /// <summary>Installs or repairs the definition.</summary>
    public static Operation Install { get; } = new("install", Goal.Installed, Change, Enable: true);

    /// <summary>Starts the service if it does not run.</summary>
    public static Operation Start { get; } = new("start", Goal.Running, Change);

    /// <summary>Starts a new process of the service.</summary>
    public static Operation Restart { get; } = new("restart", Goal.Restarted, Change);

    /// <summary>Stops the service.</summary>
    public static Operation Stop { get; } = new("stop", Goal.Stopped, Change);

    /// <summary>Runs the service from an earlier release, with the settings of that release.</summary>
    public static Operation Rollback { get; } = new("rollback", Goal.Running, Change, Enable: true);

    /// <summary>Removes the service.</summary>
    public static Operation Uninstall { get; } = new("uninstall", Goal.Absent, Change);

    /// <summary>Verifies that everything is as <see cref="Deploy"/> would leave it.</summary>
    public static Operation Verify { get; } = new("verify", Goal.Running, OperationPhases.Verify, Enable: true);

    /// <summary>Describes the service; succeeds whatever its state.</summary>
    public static Operation Status { get; } = new("status", Goal.Observed, OperationPhases.Describe);

    /// <summary>Whether it may change the machine.</summary>
    public bool MayChange => Has(OperationPhases.Apply);

    /// <summary>Whether it has a phase.</summary>
    public bool Has(OperationPhases phase) => (Phases & phase) != 0;
}

/// <summary>The phases of an operation after observing and comparing.</summary>
[Flags]
public enum OperationPhases
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Plans the steps to the goal, after checking that nothing on this machine forbids them.</summary>
    Plan = 1,

    /// <summary>Applies the plan, under the service's lock.</summary>
    Apply = 2,

    /// <summary>Observes until the goal is met, or cannot be met any more; fails if it is not met.</summary>
    Verify = 4,

    /// <summary>Reports what is wrong as warnings.</summary>
    Describe = 8,
}

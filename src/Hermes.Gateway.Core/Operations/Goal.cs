namespace Hermes.Gateway.Core.Operations;

/// <summary>What an operation wants to be true when it ends.</summary>
public enum Goal
{
    /// <summary>Nothing: the operation only observes.</summary>
    Observed,

    /// <summary>The definition is on disk, current, loaded and enabled; whether a process runs stays as it is.</summary>
    Installed,

    /// <summary>All layers agree: a process runs the current definition.</summary>
    Running,

    /// <summary>As <see cref="Running"/>, with a process that this operation started.</summary>
    Restarted,

    /// <summary>No process; the definition stays.</summary>
    Stopped,

    /// <summary>No process, nothing loaded, no definition on disk.</summary>
    Absent,
}

internal static class GoalExtensions
{
    /// <summary>Whether the goal includes a current definition.</summary>
    public static bool IncludesDefinition(this Goal goal) => goal is Goal.Installed or Goal.Running or Goal.Restarted;

    /// <summary>Whether the goal includes a process of the current definition.</summary>
    public static bool IncludesProcess(this Goal goal) => goal is Goal.Running or Goal.Restarted;

    /// <summary>Whether the goal is that nothing runs.</summary>
    public static bool ExcludesProcess(this Goal goal) => goal is Goal.Stopped or Goal.Absent;
}

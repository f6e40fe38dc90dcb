namespace Hermes.Gateway.Core.Operations;

/// <summary>What a verb wants to be true when it ends. Verbs differ only in goal and options.</summary>
public enum Goal
{
    /// <summary>Nothing is wanted: observe and report.</summary>
    Observed,

    /// <summary>The definition is on disk, current, loaded and enabled; whether it runs is left as it is.</summary>
    Installed,

    /// <summary>All four layers agree: the process runs the current definition.</summary>
    Running,

    /// <summary>As <see cref="Running"/>, in a process that was started by this operation.</summary>
    Restarted,

    /// <summary>No process; the definition stays.</summary>
    Stopped,

    /// <summary>No process, nothing loaded, no definition on disk.</summary>
    Absent,
}

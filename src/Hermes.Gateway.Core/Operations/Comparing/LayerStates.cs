namespace Hermes.Gateway.Core.Operations.Comparing;

/// <summary>The definition file on disk, held against what this build wants.</summary>
public enum InstalledState
{
    /// <summary>Every owned key is as wanted.</summary>
    Current,

    /// <summary>It is there and differs.</summary>
    Stale,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It is there but cannot be read or understood.</summary>
    Unreadable,

    /// <summary>It belongs to another project, or is managed by something else (a link, a mask).</summary>
    Foreign,
}

/// <summary>What the manager holds in memory, held against what this build wants.</summary>
public enum LoadedState
{
    /// <summary>It holds the wanted definition.</summary>
    Current,

    /// <summary>It holds another one.</summary>
    Stale,

    /// <summary>It holds none.</summary>
    No,

    /// <summary>It did not answer, or its answer proves nothing.</summary>
    Unknown,
}

/// <summary>The live process, held against what this build wants.</summary>
public enum RunningState
{
    /// <summary>It was started from the wanted definition.</summary>
    Current,

    /// <summary>It was started from another one.</summary>
    Stale,

    /// <summary>There is none.</summary>
    No,

    /// <summary>It keeps dying and being started again.</summary>
    CrashLooping,

    /// <summary>Nothing proves what runs.</summary>
    Unknown,
}

/// <summary>An answer that may be missing: unknown is never taken for no.</summary>
public enum Answer
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>Yes.</summary>
    Yes,

    /// <summary>No.</summary>
    No,
}

/// <summary>The three observable layers and the two facts beside them, each held against the wanted definition.</summary>
/// <param name="Installed">The file.</param>
/// <param name="Loaded">The manager's memory.</param>
/// <param name="Running">The process.</param>
/// <param name="Enabled">Whether the manager starts it by itself at login or boot.</param>
public sealed record LayerStates(InstalledState Installed, LoadedState Loaded, RunningState Running, Answer Enabled)
{
    /// <summary>True when all layers agree with the wanted definition.</summary>
    public bool AllCurrent =>
        Installed == InstalledState.Current && Loaded == LoadedState.Current && Running == RunningState.Current;
}

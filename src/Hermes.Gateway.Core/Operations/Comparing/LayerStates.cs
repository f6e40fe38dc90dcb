namespace Hermes.Gateway.Core.Operations.Comparing;

/// <summary>The state of the release that the service is to run.</summary>
public enum ReleasedState
{
    /// <summary>The service has no releases: its program runs where it was built.</summary>
    InPlace,

    /// <summary>The release of the current build is on disk, complete and unchanged.</summary>
    Current,

    /// <summary>The current build has no release on disk.</summary>
    Missing,

    /// <summary>Files of the release were changed, removed or added after it was made.</summary>
    Damaged,
}

/// <summary>The state of the definition file.</summary>
public enum InstalledState
{
    /// <summary>Every owned key of the definition file has the desired value.</summary>
    Current,

    /// <summary>The definition file exists, and the value of at least one owned key is not the desired one.</summary>
    Stale,

    /// <summary>There is no definition file.</summary>
    Missing,

    /// <summary>The definition file exists but cannot be read or parsed.</summary>
    Unreadable,

    /// <summary>The definition file belongs to another project, or is a link that another tool manages.</summary>
    Foreign,
}

/// <summary>The state of the definition in the manager's memory.</summary>
public enum LoadedState
{
    /// <summary>The desired definition is loaded.</summary>
    Current,

    /// <summary>Another definition is loaded.</summary>
    Stale,

    /// <summary>No definition is loaded.</summary>
    No,

    /// <summary>The manager did not answer, or its answer does not show it.</summary>
    Unknown,
}

/// <summary>The state of the live process.</summary>
public enum RunningState
{
    /// <summary>The process was started from the desired definition.</summary>
    Current,

    /// <summary>The process was started from another definition.</summary>
    Stale,

    /// <summary>There is no process.</summary>
    No,

    /// <summary>The process keeps ending, and the manager keeps starting it.</summary>
    CrashLooping,

    /// <summary>No evidence shows what runs.</summary>
    Unknown,
}

/// <summary>A fact that may be unknown; unknown is never treated as no.</summary>
public enum Answer
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>Yes.</summary>
    Yes,

    /// <summary>No.</summary>
    No,
}

/// <summary>The states of the observed layers.</summary>
/// <param name="Installed">The definition file.</param>
/// <param name="Loaded">The manager's memory.</param>
/// <param name="Running">The live process.</param>
/// <param name="Enabled">Whether the manager starts the service by itself at login or boot.</param>
public sealed record LayerStates(InstalledState Installed, LoadedState Loaded, RunningState Running, Answer Enabled)
{
    /// <summary>The release; <see cref="ReleasedState.InPlace"/> when the service has none.</summary>
    public ReleasedState Released { get; init; }

    /// <summary>Whether all layers match the desired definition.</summary>
    public bool AllCurrent =>
        Released is ReleasedState.Current or ReleasedState.InPlace && Installed == InstalledState.Current && Loaded == LoadedState.Current && Running == RunningState.Current;
}

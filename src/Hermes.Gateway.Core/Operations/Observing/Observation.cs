using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations.Observing;

/// <summary>The desired layer in the terms of one service manager: the path of the definition, and the values that each layer shows if
/// it is current.</summary>
/// <param name="Definition">The desired definition.</param>
/// <param name="DefinitionPath">The path of its file.</param>
/// <param name="Keys">The owned keys and their values in the file.</param>
/// <param name="LoadedKeys">Those of them that the manager reports of its memory, with the values that it reports.</param>
/// <param name="Stamp">The stamp of the owned keys.</param>
internal sealed record DesiredService(
    ServiceDefinition Definition,
    string DefinitionPath,
    ImmutableSortedDictionary<string, string> Keys,
    ImmutableSortedDictionary<string, string> LoadedKeys,
    Stamp Stamp)
{
    public required ManagerRules Rules { get; init; }

    /// <summary>The release that the definition points to; null for a program that runs where it is.</summary>
    public ServiceRelease? Release { get; init; }
}

/// <summary>How a service manager behaves, as far as plans depend on it.</summary>
internal sealed record ManagerRules
{
    /// <summary>Whether the definition file alone makes the service start at login or boot. Enabling then only removes a disabled
    /// override, and removing the file needs no disabling.</summary>
    public bool EnabledByFile { get; init; }

    /// <summary>Whether loading a definition ends the process of the loaded one and starts a new process.</summary>
    public bool LoadingStarts { get; init; }

    /// <summary>Whether the manager counts starts and refuses further ones at a start limit, until the count is reset.</summary>
    public bool LatchesFailures { get; init; }

    /// <summary>Whether the manager can run the user's services without a login (<see cref="StepKind.RunWithoutLogin"/>).</summary>
    public bool CanRunWithoutLogin { get; init; }

    /// <summary>The prefix with which a command line runs outside of every service; null when there is none.</summary>
    public string? RunApart { get; init; }

    /// <summary>Whether the manager loads a definition that only its owner may read.</summary>
    public bool ReadsPrivateDefinitions { get; init; }

    /// <summary>The keys of a definition that name files which the manager opens for the output of the service.</summary>
    public ImmutableArray<string> LogFileKeys { get; init; } = [];

    /// <summary>Whether the environment file is read with the rights of the service, not with those of the manager.</summary>
    public bool ServiceReadsEnvironmentFile { get; init; }
}

/// <summary>The facts about one service at one moment.</summary>
internal sealed record ServiceObservation
{
    /// <summary>The path at which the manager reads the definition.</summary>
    public required string DefinitionPath { get; init; }

    public ReleasedFacts Released { get; init; } = ReleasedFacts.InPlace;

    /// <summary>The folder for the program's data; null when the definition has none.</summary>
    public StateDirectory? StateDirectory { get; init; }

    public required InstalledFacts Installed { get; init; }

    public required LoadedFacts Loaded { get; init; }

    public required RunningFacts Running { get; init; }

    /// <summary>Whether the manager starts the service by itself at login or boot.</summary>
    public Answer Enabled { get; init; }

    /// <summary>Whether the manager starts such services also before the user logs in.</summary>
    public Answer StartsWithoutLogin { get; init; }

    /// <summary>Whether the operator disabled the service, so that the manager refuses to load it.</summary>
    public bool RefusesUntilEnabled { get; init; }

    /// <summary>Whether the operator's directives change the account, the rights or the view of the file system, so that the
    /// definition does not show what the program may do.</summary>
    public bool HasOtherRights { get; init; }

    /// <summary>Whether the calling process belongs to the service and would end with it.</summary>
    public bool HoldsCaller { get; init; }

    /// <summary>Why no command can reach the manager, so that even a stop is refused; null if one may.</summary>
    public ManagerAbsence? Absence { get; init; }

    /// <summary>The finding to report because the service ends with the user's session; null when it does not.</summary>
    public Finding? SessionEndFinding { get; init; }

    /// <summary>Whether <see cref="Findings"/> explain the symbolic link at the definition's path, as for a masked unit.</summary>
    public bool ExplainsLink { get; init; }

    /// <summary>What else only the manager can find: masks, shadowing units. An error keeps any goal that includes a definition from
    /// being met.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>The errors among the findings, the reason of an absence first.</summary>
    public IEnumerable<Finding> Errors =>
        (Absence is null ? Findings : [Absence.Reason, .. Findings]).Where(finding => finding.Severity == Severity.Error);
}

/// <summary>Why no command reaches a manager.</summary>
/// <param name="Reason">An error with the advice.</param>
/// <param name="CanBeStarted">Whether <see cref="StepKind.RunWithoutLogin"/> starts the manager.</param>
internal sealed record ManagerAbsence(Finding Reason, bool CanBeStarted);

/// <summary>What is at the definition's path.</summary>
internal enum InstalledKind
{
    Missing,

    /// <summary>A regular file that could be parsed.</summary>
    Present,

    /// <summary>Something that could not be read or parsed.</summary>
    Unreadable,

    /// <summary>A symbolic link: another tool manages the definition, or the unit is masked.</summary>
    Linked,
}

/// <summary>The observed definition file.</summary>
/// <param name="Kind">What is at its path.</param>
/// <param name="Text">Its text; null if it could not be read.</param>
/// <param name="Content">Its content; null if it could not be parsed.</param>
/// <param name="SourceExists">Whether the project file that it names still exists.</param>
/// <param name="Evidence">A few words for people.</param>
internal sealed record InstalledFacts(
    InstalledKind Kind, string? Text, DefinitionContent? Content, bool SourceExists, string Evidence);

/// <summary>The content of a definition file.</summary>
/// <param name="Keys">The owned keys: those that are desired now, and those that the file records as ours.</param>
/// <param name="Foreign">The foreign keys, as text; every repair keeps them.</param>
/// <param name="Stamp">Its stamp; null when it was written by hand or by another tool.</param>
/// <param name="Source">The project file that it names; null likewise.</param>
internal sealed record DefinitionContent(
    ImmutableSortedDictionary<string, string> Keys,
    ImmutableArray<string> Foreign,
    Stamp? Stamp,
    string? Source)
{
    /// <summary>The program and its arguments; empty when the file does not have them in a form that is understood.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>All variables that the file sets, the operator's included. Used to redact their values; never printed.</summary>
    public ImmutableArray<EnvironmentVariable> Variables { get; init; } = [];
}

/// <summary>An environment variable that a definition sets.</summary>
internal sealed record EnvironmentVariable(string Name, string Value);

/// <summary>The observed memory of the manager.</summary>
internal sealed record LoadedFacts
{
    public required Answer IsLoaded { get; init; }

    public Stamp? Stamp { get; init; }

    /// <summary>The loaded values, in the form of <see cref="DesiredService.LoadedKeys"/>.</summary>
    public ImmutableSortedDictionary<string, string> Keys { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the manager reports that the file changed after it was loaded.</summary>
    public bool IsOlderThanDisk { get; init; }

    /// <summary>The loaded drop-ins of the operator.</summary>
    public ImmutableArray<string> DropIns { get; init; } = [];

    /// <summary>Identifies the content of <see cref="DropIns"/> by their paths, sizes and times; empty for none.</summary>
    public string DropInsMark { get; init; } = "";

    /// <summary>Whether a drop-in changes variables in ways that <see cref="Keys"/> do not show.</summary>
    public bool HasOtherVariables { get; init; }

    /// <summary>The drop-ins of the operator on disk that are not loaded, or are loaded with an earlier content.</summary>
    public ImmutableArray<string> PendingDropIns { get; init; } = [];

    /// <summary>Other domains in which the definition is loaded as well, so that it can run twice.</summary>
    public ImmutableArray<string> Duplicates { get; init; } = [];

    public required string Evidence { get; init; }
}

/// <summary>What the manager is doing with the process.</summary>
internal enum Activity
{
    Unknown,

    /// <summary>Nothing: there is no process.</summary>
    Stopped,

    Starting,

    Up,

    /// <summary>The process ended; the manager waits before it starts it again.</summary>
    WaitingToRestart,

    Stopping,

    /// <summary>The process failed, and the manager does not start it again.</summary>
    Failed,
}

/// <summary>The observed process.</summary>
internal sealed record RunningFacts
{
    public required Activity Activity { get; init; }

    /// <summary>The id of the main process; null when the service has no process.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The id of the latest process, which may have ended; null when the manager does not report it.</summary>
    public int? LastProcessId { get; init; }

    /// <summary>The control group of its processes; null when there are none, or the manager does not report it.</summary>
    public string? ControlGroup { get; init; }

    /// <summary>Identifies the start of the process: each start has another value. Null when it was never started.</summary>
    public string? Invocation { get; init; }

    /// <summary>The environment it was started with; null when it could not be read. Never printed.</summary>
    public ImmutableDictionary<string, string>? Environment { get; init; }

    /// <summary>The stamp in its environment; null when it has none or it could not be read.</summary>
    public Stamp? Stamp => Stamp.TryParse(Environment?.GetValueOrDefault(Stamp.Variable));

    /// <summary>Its arguments joined by blanks; null when they could not be read.</summary>
    public string? Command { get; init; }

    /// <summary>Whether the process is between two states, so that the next observation shows more: it has ended and the manager does
    /// not know yet, or it is between fork and exec.</summary>
    public bool IsInTransit { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The drop-ins that changed after the process was started; or their folder, if one was removed.</summary>
    public ImmutableArray<string> DropInsChangedSince { get; init; } = [];

    /// <summary>Whether the manager may still count earlier starts against its start limit: not if the process has run for longer than the
    /// interval of the limit.</summary>
    public bool MayHaveCountedStarts { get; init; } = true;

    /// <summary>How often the manager restarted the process by itself since the last requested start.</summary>
    public int Restarts { get; init; }

    /// <summary>How the last process ended, decoded for people; null when none ended.</summary>
    public string? LastExit { get; init; }

    /// <summary>Processes of the service that are left after its main process ended.</summary>
    public ImmutableArray<LeftoverProcess> LeftoverProcesses { get; init; } = [];

    public required string Evidence { get; init; }
}

/// <summary>A process that is left after its service ended.</summary>
internal sealed record LeftoverProcess(int ProcessId, string Name)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"pid {ProcessId} ({Name})");
}

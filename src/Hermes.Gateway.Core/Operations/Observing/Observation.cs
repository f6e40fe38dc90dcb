using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.Operations.Observing;

/// <summary>What a manager makes of a wanted definition: where it belongs and how each layer would show it.</summary>
/// <param name="Definition">The wanted definition.</param>
/// <param name="DefinitionPath">Where its file belongs.</param>
/// <param name="Keys">The owned keys, in the vocabulary in which files are compared.</param>
/// <param name="LoadedKeys">The subset that the manager tells of its memory, in the form in which it tells it.</param>
/// <param name="Stamp">The stamp of the owned keys.</param>
internal sealed record DesiredService(
    ServiceDefinition Definition,
    string DefinitionPath,
    ImmutableSortedDictionary<string, string> Keys,
    ImmutableSortedDictionary<string, string> LoadedKeys,
    Stamp Stamp)
{
    /// <summary>What a plan has to know of the manager's ways.</summary>
    public required ManagerRules Rules { get; init; }
}

/// <summary>How a manager's parts hang together, as far as a plan depends on it.</summary>
internal sealed record ManagerRules
{
    /// <summary>The definition file itself is what makes the service start at login or boot; enabling only lifts a
    /// prohibition, and nothing has to be disabled when the file goes.</summary>
    public bool EnabledByFile { get; init; }

    /// <summary>Loading ends the process of the definition held so far, and starts one of the new definition.</summary>
    public bool LoadingStarts { get; init; }

    /// <summary>Starts and failures are counted, and at a limit the manager refuses further ones until it is told to
    /// forget them.</summary>
    public bool LatchesFailures { get; init; }

    /// <summary>It can be told to run the user's services without a login (<see cref="StepKind.RunWithoutLogin"/>).
    /// </summary>
    public bool CanRunWithoutLogin { get; init; }

    /// <summary>What a person puts in front of a command to have the manager run it apart from every service; null when
    /// there is no such means.</summary>
    public string? RunApart { get; init; }

    /// <summary>It loads a definition that only its owner may read, too.</summary>
    public bool ReadsPrivateDefinitions { get; init; }

    /// <summary>The environment file is read with the rights of the service, not with the manager's.</summary>
    public bool ServiceReadsEnvironmentFile { get; init; }
}

/// <summary>Everything seen of one service at one moment. Facts only; what they mean is the comparer's business.</summary>
internal sealed record ServiceObservation
{
    /// <summary>Where the manager looks for this service's definition.</summary>
    public required string DefinitionPath { get; init; }

    /// <summary>The file.</summary>
    public required InstalledFacts Installed { get; init; }

    /// <summary>The manager's memory.</summary>
    public required LoadedFacts Loaded { get; init; }

    /// <summary>The process.</summary>
    public required RunningFacts Running { get; init; }

    /// <summary>Whether it starts by itself at login or boot.</summary>
    public Answer Enabled { get; init; }

    /// <summary>Whether what starts by itself also does so when nobody logs in.</summary>
    public Answer StartsWithoutLogin { get; init; }

    /// <summary>The operator told the manager not to load or start it, and it refuses until it is enabled again.</summary>
    public bool RefusesUntilEnabled { get; init; }

    /// <summary>The operator decides as whom, with which rights or in which view of the files the program runs, so that
    /// the definition does not tell what it may do.</summary>
    public bool HasOtherRights { get; init; }

    /// <summary>This very process is a part of the service, and would end with its process.</summary>
    public bool HoldsCaller { get; init; }

    /// <summary>What the manager's own rules say about this state: masks, shadowing, drop-ins, an unreachable bus.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];
}

/// <summary>What kind of thing stands at the definition's path.</summary>
internal enum InstalledKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A regular file that could be read and understood.</summary>
    Present,

    /// <summary>Something that could not be read or understood.</summary>
    Unreadable,

    /// <summary>A link: somebody else manages it, or masked it.</summary>
    Linked,
}

/// <summary>The definition file as seen.</summary>
/// <param name="Kind">What stands there.</param>
/// <param name="Text">Its text, when it could be read.</param>
/// <param name="Content">Its meaning, when it could be understood.</param>
/// <param name="SourceExists">Whether the project file that it names is still there.</param>
/// <param name="Evidence">A few words for people.</param>
internal sealed record InstalledFacts(
    InstalledKind Kind, string? Text, DefinitionContent? Content, bool SourceExists, string Evidence);

/// <summary>The meaning of a definition file.</summary>
/// <param name="Keys">The keys that are ours: wanted now, or recorded as ours by the file itself.</param>
/// <param name="Foreign">What an operator or another tool added, as text; kept by every repair.</param>
/// <param name="Stamp">Its stamp; null when it was written by hand or by another tool.</param>
/// <param name="Source">The project file that it names; null likewise.</param>
internal sealed record DefinitionContent(
    ImmutableSortedDictionary<string, string> Keys,
    ImmutableArray<string> Foreign,
    Stamp? Stamp,
    string? Source)
{
    /// <summary>The program and its arguments as far as the file tells them; empty when it does not.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Every variable that the file sets, an operator's too: to be kept out of what is shown. Never printed.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Variables { get; init; } = [];
}

/// <summary>The manager's memory as seen.</summary>
internal sealed record LoadedFacts
{
    /// <summary>Whether it holds a definition at all.</summary>
    public required Answer IsLoaded { get; init; }

    /// <summary>The stamp in the held definition.</summary>
    public Stamp? Stamp { get; init; }

    /// <summary>The held values, in the form of <see cref="DesiredService.LoadedKeys"/>.</summary>
    public ImmutableSortedDictionary<string, string> Keys { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The manager itself says that its memory is older than the disk.</summary>
    public bool IsOlderThanDisk { get; init; }

    /// <summary>Files of the operator that override the definition and are loaded.</summary>
    public ImmutableArray<string> Overrides { get; init; } = [];

    /// <summary>Which files <see cref="Overrides"/> are, and of what size and time; empty for none. To be compared, no more.
    /// </summary>
    public string OverridesMark { get; init; } = "";

    /// <summary>An override sets or takes away variables in ways that <see cref="Keys"/> do not tell.</summary>
    public bool HasOtherVariables { get; init; }

    /// <summary>Files of the operator that override the definition, on disk but not (or no longer) loaded as they are.</summary>
    public ImmutableArray<string> PendingOverrides { get; init; } = [];

    /// <summary>Other places in which the manager holds it as well, so that it can run twice.</summary>
    public ImmutableArray<string> Duplicates { get; init; } = [];

    /// <summary>A few words for people.</summary>
    public required string Evidence { get; init; }
}

/// <summary>What the manager is doing with the process.</summary>
internal enum Activity
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>Nothing: no process, at rest.</summary>
    Stopped,

    /// <summary>Starting it; not yet up.</summary>
    Starting,

    /// <summary>It is up.</summary>
    Up,

    /// <summary>It died; the manager waits to start it again.</summary>
    WaitingToRestart,

    /// <summary>Stopping it.</summary>
    Stopping,

    /// <summary>It failed and the manager has given up.</summary>
    Failed,
}

/// <summary>The live process as seen.</summary>
internal sealed record RunningFacts
{
    /// <summary>What the manager is doing with it.</summary>
    public required Activity Activity { get; init; }

    /// <summary>Its process id; null when there is none.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The process that ran last, whether it still does or not; null when the manager does not tell.</summary>
    public int? LastProcessId { get; init; }

    /// <summary>Where the manager keeps its processes together; null when there are none, or it does not tell.</summary>
    public string? ControlGroup { get; init; }

    /// <summary>Identity of this very start; changes with every start. Null when never started.</summary>
    public string? Invocation { get; init; }

    /// <summary>The environment it was started with; null when it could not be read. Never printed.</summary>
    public ImmutableDictionary<string, string>? Environment { get; init; }

    /// <summary>The stamp in its environment; null when it has none or it could not be read.</summary>
    public Stamp? Stamp => Stamp.TryParse(Environment?.GetValueOrDefault(Stamp.Variable));

    /// <summary>Its arguments joined by blanks; null when they could not be read.</summary>
    public string? Command { get; init; }

    /// <summary>What is seen is over in a moment, and the next look tells more: the process has ended, and the manager does
    /// not know yet; or the manager has made it, and the program is not there yet.</summary>
    public bool IsInTransit { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Files of the operator that changed after it was started, so that it cannot reflect them; or their folder,
    /// when one was taken away.</summary>
    public ImmutableArray<string> OverridesChangedSince { get; init; } = [];

    /// <summary>Whether starts of before may still count against the manager's limit (<see
    /// cref="ManagerRules.LatchesFailures"/>): not when it has run for longer than the manager counts.</summary>
    public bool EarlierStartsCount { get; init; } = true;

    /// <summary>How often the manager restarted it by itself since it was last asked to start it.</summary>
    public int Restarts { get; init; }

    /// <summary>How the last process ended, decoded for people; null when none ended.</summary>
    public string? LastExit { get; init; }

    /// <summary>Processes that it started and that are left, although the main one has ended.</summary>
    public ImmutableArray<Survivor> Survivors { get; init; } = [];

    /// <summary>A few words for people.</summary>
    public required string Evidence { get; init; }
}

/// <summary>A process that outlived its service.</summary>
/// <param name="ProcessId">Its process id.</param>
/// <param name="Name">Its name.</param>
internal sealed record Survivor(int ProcessId, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"pid {ProcessId} ({Name})");
}

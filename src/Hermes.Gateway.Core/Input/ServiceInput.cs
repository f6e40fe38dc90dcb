using Hermes.Gateway.Core.HermesAgent;

namespace Hermes.Gateway.Core.Input;

/// <summary>The settings of one service in a project, as texts that are not yet checked. An empty text is a setting that the project
/// does not set.</summary>
public sealed record ServiceInput
{
    /// <summary><c>HermesGatewayName</c>, or the item's include: the service's name.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>HermesGatewayProgram</c>: the absolute path of the executable.</summary>
    public string Program { get; init; } = "";

    /// <summary><c>HermesGatewayArguments</c>, already split into single arguments.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary><c>HermesGatewayWorkingDirectory</c>: the absolute path of the folder in which the program is started.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary><c>HermesGatewayStateDirectory</c>: the folder for the program's data, an absolute path or a path below the usual folder of
    /// the scope; empty for none.</summary>
    public string StateDirectory { get; init; } = "";

    /// <summary><c>HermesGatewayEnvironment</c>, already split into <c>NAME=value</c> entries.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    /// <summary><c>HermesGatewayEnvironmentFile</c>: the absolute path of a file with further variables, which is read at each
    /// start.</summary>
    public string EnvironmentFile { get; init; } = "";

    /// <summary><c>HermesGatewayUser</c>: the account that a service in system scope runs as; empty for root.</summary>
    public string User { get; init; } = "";

    /// <summary><c>HermesGatewayScope</c>: <c>user</c> or <c>system</c>.</summary>
    public string Scope { get; init; } = "";

    /// <summary><c>HermesGatewayServiceManager</c>: <c>auto</c>, or a manager's name (<c>systemd</c>, <c>launchd</c>).</summary>
    public string ServiceManager { get; init; } = "";

    /// <summary>The properties that only one service manager reads (<see cref="RequestReader.ManagerProperties"/>), by name
    /// without the prefix: <c>SystemctlPath</c>.</summary>
    public ImmutableDictionary<string, string> ManagerProperties { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary><c>HermesGatewayRestart</c>: <c>on-failure</c>, <c>always</c> or <c>no</c>.</summary>
    public string Restart { get; init; } = "";

    /// <summary><c>HermesGatewayHealthCheck</c>: <c>http://host:port/path</c>, <c>tcp://host:port</c> or
    /// <c>exec:/program</c>.</summary>
    public string HealthCheck { get; init; } = "";

    /// <summary><c>HermesGatewayTimeoutSeconds</c>: the time for the whole operation, in seconds, 1 to 86400.</summary>
    public string TimeoutSeconds { get; init; } = "";

    /// <summary><c>HermesGatewayStabilitySeconds</c>: how long a new process must last, in seconds.</summary>
    public string StabilitySeconds { get; init; } = "";

    /// <summary><c>HermesGatewayRevision</c>: identifies the content of the program; the service is restarted when it changes.</summary>
    public string Revision { get; init; } = "";

    /// <summary><c>HermesGatewayReleases</c>: <c>true</c> runs the service from a release, a read-only copy of the published files;
    /// <c>false</c> runs it where it was built.</summary>
    public string Releases { get; init; } = "";

    /// <summary>The absolute path of the folder with the published files; empty when the project is not published. With a release,
    /// <see cref="Program"/> is relative to it, unless it is an absolute path, such as that of an interpreter.</summary>
    public string PublishedFolder { get; init; } = "";

    /// <summary>With a release: the assembly that <see cref="Program"/>, then an absolute path of <c>dotnet</c>, starts; relative to
    /// <see cref="PublishedFolder"/>. Empty when the program is an executable of its own.</summary>
    public string ReleasedAssembly { get; init; } = "";

    /// <summary>With a release: a file that lists the files that the build wrote, one absolute path a line; empty when there is none.</summary>
    public string BuildList { get; init; } = "";

    /// <summary>Whether the project was built after it was published.</summary>
    public bool IsBuildNewer { get; init; }

    /// <summary>The revision of the project's source that the build knows, such as a commit; empty when it knows none.</summary>
    public string SourceRevision { get; init; } = "";

    /// <summary><c>HermesGatewayReleaseRoot</c>: the absolute path of the folder of all services' releases; empty for the usual one of the
    /// scope.</summary>
    public string ReleaseRoot { get; init; } = "";

    /// <summary><c>HermesGatewayKeepReleases</c>: how many verified releases are kept beside the current one, 0 to 100.</summary>
    public string KeepReleases { get; init; } = "";

    /// <summary>For a rollback by hand, the release to go back to: its revision or the beginning of that; empty for the release that worked
    /// before the current one. Null for any other operation.</summary>
    public string? ChosenRelease { get; init; }

    /// <summary><c>HermesGatewayRollback</c>: <c>true</c> or <c>false</c>.</summary>
    public string Rollback { get; init; } = "";

    /// <summary><c>HermesGatewayTakeOver</c>: <c>true</c> or <c>false</c>.</summary>
    public string TakeOver { get; init; } = "";

    /// <summary><c>HermesGatewayRestartExitCodes</c>, already split: exit codes by which the program asks for a
    /// restart (systemd only).</summary>
    public ImmutableArray<string> RestartExitCodes { get; init; } = [];

    /// <summary><c>HermesGatewayParkExitCodes</c>, already split: exit codes after which the service is not
    /// started again (systemd only).</summary>
    public ImmutableArray<string> ParkExitCodes { get; init; } = [];

    /// <summary><c>HermesGatewayPreset</c>: empty or <c>hermes-agent</c>.</summary>
    public string Preset { get; init; } = "";

    /// <summary>The settings of the preset <c>hermes-agent</c>.</summary>
    public AgentInput Agent { get; init; } = new();

    /// <summary>The findings of the preset, and the command that it wants to succeed before a change.</summary>
    public PresetOutcome FromPreset { get; init; } = PresetOutcome.None;

    /// <summary>Whether the project sets no name, so that a preset may choose one.</summary>
    public bool IsNameDefault { get; init; }

    /// <summary>The project file: the definition's owner.</summary>
    public required string Source { get; init; }

    /// <summary>Returns this input with another value of one of the <see cref="ManagerProperties"/>.</summary>
    /// <param name="property">The property's name without the prefix.</param>
    /// <param name="value">The new value; empty means not set.</param>
    public ServiceInput With(string property, string value) =>
        this with { ManagerProperties = ManagerProperties.SetItem(property, value) };
}

namespace Hermes.Gateway.Core.Definitions;

/// <summary>The desired definition of one service. The same values give the same definition file, byte for byte.</summary>
public sealed record ServiceDefinition
{
    /// <summary>The service's name.</summary>
    public required ServiceName Name { get; init; }

    /// <summary>Which manager owns it: the user's or the machine's.</summary>
    public ServiceScope Scope { get; init; } = ServiceScope.User;

    /// <summary>The name by which the service manager knows the service: a unit's name with its suffix, or a label.</summary>
    public required string Identifier { get; init; }

    /// <summary>One line for people, shown by the manager's own tools.</summary>
    public required string Description { get; init; }

    /// <summary>Absolute path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>The arguments, each passed to the program as it is.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Absolute path of the folder the program is started in.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Declared environment; nothing of the caller's own environment is ever added to it.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Absolute path of a file with further environment, for secrets; only its path is ever recorded.</summary>
    public string? EnvironmentFile { get; init; }

    /// <summary>Absolute path of the folder for the program's data, whose path is also in the environment; null for none.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Account that runs the service, system scope only; null means root.</summary>
    public string? User { get; init; }

    /// <summary>When the manager restarts the service by itself.</summary>
    public RestartPolicy Restart { get; init; } = RestartPolicy.OnFailure;

    /// <summary>Exit codes by which the program asks to be started again, whatever the policy; no failure. A manager
    /// that cannot tell exit codes apart ignores them.</summary>
    public ImmutableArray<int> RestartExitCodes { get; init; } = [];

    /// <summary>Exit codes after which the service is left alone, because starting it again cannot help. A manager
    /// that cannot tell exit codes apart ignores them.</summary>
    public ImmutableArray<int> ParkExitCodes { get; init; } = [];

    /// <summary>Options that only the service's manager understands; null when it has none, or for its defaults.</summary>
    public ManagerOptions? ManagerOptions { get; init; }

    /// <summary>The project file that this definition comes from: its owner.</summary>
    public required string Source { get; init; }

    /// <summary>Fingerprint of the program's build output: a rebuild is drift like any other.</summary>
    public required string Revision { get; init; }
}

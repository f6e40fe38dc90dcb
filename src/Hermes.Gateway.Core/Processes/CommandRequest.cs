namespace Hermes.Gateway.Core.Processes;

/// <summary>Receives the output of a command while it runs: text in pieces, in order, one at a time, never cut within a character of
/// UTF-8. The piece is valid only during the call.</summary>
internal delegate void OutputReceiver(ReadOnlySpan<char> piece);

/// <summary>One command to run: an argument list, never a shell string, with limits on time and output.</summary>
public sealed record CommandRequest
{
    /// <summary>The most names of <see cref="About"/> that <see cref="CommandResult.CommandLineFor"/> shows all of.</summary>
    internal const int MostNamed = 10;

    /// <summary>Absolute path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>The arguments, each passed as it is.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>The names, as the manager calls them, of the services that the command is for: its last arguments when there are
    /// several; empty when it is for no service in particular.</summary>
    public ImmutableArray<string> About { get; init; } = [];

    /// <summary>Working directory; the root folder by default, so that no file system is kept busy.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>False starts it with <see cref="Environment"/> alone: not even a locale is set.</summary>
    public bool InheritsEnvironment { get; init; } = true;

    /// <summary>Changes to the inherited environment; a null value removes the variable.</summary>
    public ImmutableDictionary<string, string?> Environment { get; init; } = ImmutableDictionary<string, string?>.Empty;

    /// <summary>Time after which the command is stopped. Greater than zero.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Time between the polite request to stop and the kill.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Characters kept of each output stream; of a longer one the beginning and the end are kept.</summary>
    public int MaxOutputCharacters { get; init; } = 1 << 20;

    /// <summary>Receives standard output, up to <see cref="MaxOutputCharacters"/>; the result's
    /// <see cref="CommandResult.StandardOutput"/> is then empty. Its exception is thrown to the caller of the runner after the
    /// command has ended. Null keeps the output, as runners do that do not support receivers.</summary>
    internal OutputReceiver? Output { get; init; }
}

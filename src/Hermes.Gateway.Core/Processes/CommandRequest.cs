using System.Collections.Immutable;

namespace Hermes.Gateway.Core.Processes;

/// <summary>One command to run: an argument list, never a shell string, with limits on time and output.</summary>
public sealed record CommandRequest
{
    /// <summary>Of a command for more than so many, not all are named wherever it is shown.</summary>
    internal const int MostNamed = 10;

    /// <summary>Absolute path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>The arguments, each passed as it is.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>The names of those that it is for, as its manager calls them; empty when it is for nobody in particular. Of
    /// a command for several they are its last arguments.</summary>
    public ImmutableArray<string> About { get; init; } = [];

    /// <summary>Working directory; the root folder unless said, so that no caller's folder is held busy.</summary>
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

    /// <summary>Takes standard output as it comes, up to <see cref="MaxOutputCharacters"/>; the result's <see
    /// cref="CommandResult.StandardOutput"/> is then empty. What it throws is thrown to who runs the command, once that has
    /// ended. Null to have the output kept. A runner that knows nothing of it keeps the output.</summary>
    internal OutputReceiver? Output { get; init; }
}

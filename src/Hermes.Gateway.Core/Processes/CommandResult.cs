namespace Hermes.Gateway.Core.Processes;

/// <summary>How a command ended.</summary>
public enum CommandEnd
{
    /// <summary>It exited by itself, with <see cref="CommandResult.ExitCode"/> (128 + n when signal n ended it).</summary>
    Exited,

    /// <summary>It was stopped because its timeout passed.</summary>
    TimedOut,

    /// <summary>It was stopped because the caller cancelled.</summary>
    Canceled,

    /// <summary>It could not be started; <see cref="CommandResult.StandardError"/> says why.</summary>
    NotStarted,
}

/// <summary>The exit and the output of a command, as evidence for reports.</summary>
public sealed record CommandResult
{
    /// <summary>The command that was run.</summary>
    public required CommandRequest Request { get; init; }

    /// <summary>How it ended.</summary>
    public required CommandEnd End { get; init; }

    /// <summary>The exit status, or null when there is none (not started, or killed by us).</summary>
    public int? ExitCode { get; init; }

    /// <summary>Standard output, decoded as UTF-8, bounded by <see cref="CommandRequest.MaxOutputCharacters"/>.</summary>
    public string StandardOutput { get; init; } = "";

    /// <summary>Standard error, decoded and bounded in the same way.</summary>
    public string StandardError { get; init; } = "";

    /// <summary>True when a stream was longer than the bound.</summary>
    public bool OutputTruncated { get; init; }

    /// <summary>Wall-clock time from start to end.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>True when it exited by itself with status 0.</summary>
    public bool Succeeded => End == CommandEnd.Exited && ExitCode == 0;

    /// <summary>The command as a person could paste it into a POSIX shell.</summary>
    public string CommandLine => ShellText.Quote([Request.Program, .. Request.Arguments]);

    /// <summary>Formats the command for a text about one of its services: of more than <see cref="CommandRequest.MostNamed"/>
    /// services, only <paramref name="subject"/> is named and the others are counted.</summary>
    /// <param name="subject">The name of the service; null for the first few instead.</param>
    public string CommandLineFor(string? subject)
    {
        var about = Request.About;
        if (about.Length <= CommandRequest.MostNamed) return CommandLine;
        var named = subject is null ? about[..3] : [subject];
        var rest = string.Create(CultureInfo.InvariantCulture, $"… and {about.Length - named.Length} more");
        return $"{ShellText.Quote([Request.Program, .. Request.Arguments[..^about.Length], .. named])} {rest}";
    }
}

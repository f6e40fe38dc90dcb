namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Says in words how the previous process of a job ended.</summary>
internal static class LaunchdExit
{
    private const string ConfigurationError = "78";
    private const string SpawnFailed = "spawn failed";

    private static readonly Dictionary<string, string> Notes = new(StringComparer.Ordinal)
    {
        ["0"] = "success",
        ["64"] = "EX_USAGE: the program refuses its arguments",
        ["75"] = "EX_TEMPFAIL: the program asks to be tried again later",
        ["126"] = "the program, or its interpreter, cannot be executed, or macOS denies access to its folder",
        ["127"] = "a command was not found",
    };

    // Asked for: by a stop, a restart or the end of the session.
    private static readonly string[] PoliteSignals = [": 1", ": 2", ": 15"];

    /// <summary>The end of the previous process; null when none has ended.</summary>
    public static string? Describe(PrintedJob job)
    {
        if (job.LastSignal is { } signal) return $"killed by {signal}{Because(job.LastReason)}";
        if (job.LastReason is { } reason) return $"ended by macOS{Because(reason)}";
        if (job.LastExitCode is not { } code) return null;

        // launchd adds a name of sysexits(3) to some codes: "78: EX_CONFIG".
        var (number, name) = code.IndexOf(": ", StringComparison.Ordinal) is var colon and > 0
            ? (code[..colon], code[(colon + 2)..])
            : (code, null);
        var note = number == ConfigurationError ? $"EX_CONFIG: {ExplainConfigurationError(job)}"
            : Notes.TryGetValue(number, out var known) ? known
            : name;
        return note is null ? $"exit {number}" : $"exit {number} ({note})";
    }

    /// <summary>True when the previous process failed, or launchd could not start one. A process that was asked to end
    /// by a signal did not fail.</summary>
    public static bool IsFailure(PrintedJob job)
    {
        if (job.JobState == SpawnFailed) return true;
        if (job.LastSignal is { } signal)
            return !PoliteSignals.Any(end => signal.EndsWith(end, StringComparison.Ordinal));
        return job.LastReason is not null || (job.LastExitCode is { } code && code != "0");
    }

    // The same code comes from launchd, which then has not run the program at all, and from a program that means it.
    private static string ExplainConfigurationError(PrintedJob job) =>
        job.JobState == SpawnFailed || job.Properties.Contains("penalty box")
            ? "launchd could not start it"
            : "launchd could not start it, or the program refuses its configuration";

    private static string Because(string? reason) => reason switch
    {
        null => "",
        _ when reason.StartsWith("OS_REASON_CODESIGNING", StringComparison.Ordinal) =>
            $" ({reason}: the program's signature is not accepted)",
        _ when reason.StartsWith("OS_REASON_DYLD", StringComparison.Ordinal) =>
            $" ({reason}: a library cannot be loaded)",
        _ when reason.StartsWith("OS_REASON_EXEC", StringComparison.Ordinal) =>
            $" ({reason}: the program cannot be executed)",
        _ when reason.StartsWith("JETSAM_REASON_", StringComparison.Ordinal) => $" ({reason}: to free memory)",
        _ => $" ({reason})",
    };
}

using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Explains why a job has no process: how the previous one ended, and what prevents a new one.</summary>
internal static class JobFailure
{
    private const string SpawnFailed = "spawn failed";

    private static readonly PathCheck Paths = new(judgesRights: true);

    private static readonly Dictionary<string, string> Explanations = new(StringComparer.Ordinal)
    {
        ["0"] = "success",
        ["64"] = "EX_USAGE: the program refuses its arguments",
        ["75"] = "EX_TEMPFAIL: the program asks to be tried again later",
        ["126"] = "the program, or its interpreter, cannot be executed, or macOS denies access to its folder",
        ["127"] = "a command was not found",
    };

    // SIGHUP, SIGINT and SIGTERM end a process at a stop, a restart or the end of the session.
    private static readonly string[] RequestedSignals = [": 1", ": 2", ": 15"];

    /// <summary>Describes how the previous process ended; returns null when none has ended.</summary>
    public static string? DescribeLastExit(PrintedJob job)
    {
        if (job.LastSignal is { } signal) return $"killed by {signal}{DescribeReason(job.LastReason)}";
        if (job.LastReason is { } reason) return $"ended by macOS{DescribeReason(reason)}";
        if (job.LastExitCode is not { } code) return null;

        // launchd adds a name of sysexits(3) to some codes: "78: EX_CONFIG".
        var (number, name) = code.Split(": ", 2) is [{ Length: > 0 } first, var second] ? (first, second) : (code, null);
        var note = number == "78" ? $"EX_CONFIG: {ExplainConfigurationError(job)}"
            : Explanations.GetValueOrDefault(number) ?? name;
        return note is null ? $"exit {number}" : $"exit {number} ({note})";
    }

    public static bool HasFailed(PrintedJob job)
    {
        if (job.JobState == SpawnFailed) return true;
        if (job.LastSignal is { } signal) return !RequestedSignals.Any(end => signal.EndsWith(end, StringComparison.Ordinal));
        return job.LastReason is not null || (job.LastExitCode is { } code && code != "0");
    }

    /// <summary>Returns the reason why launchd cannot start a process, as a clause; null when none is found.</summary>
    public static string? FindSpawnProblem(PrintedJob job)
    {
        var program = job.Program ?? job.Arguments.FirstOrDefault();
        if (program is ['/', ..] && Paths.FindProgramProblem(program) is { } problem) return problem;
        if (job.WorkingDirectory is { Length: > 0 } folder && Paths.FindFolderProblem(folder) is { } missing) return missing;
        foreach (var log in new[] { job.StandardOutPath, job.StandardErrorPath })
            if (log is { Length: > 0 } && Paths.FindLogProblem(log) is { } unusable) return unusable;
        return null;
    }

    // launchd reports 78 when it has not started the program at all; some programs exit with 78 themselves.
    private static string ExplainConfigurationError(PrintedJob job) =>
        job.JobState == SpawnFailed || job.Properties.Contains("penalty box")
            ? "launchd could not start it"
            : "launchd could not start it, or the program refuses its configuration";

    private static string DescribeReason(string? reason) => reason switch
    {
        null => "",
        _ when reason.StartsWith("OS_REASON_CODESIGNING", StringComparison.Ordinal) =>
            $" ({reason}: the program's signature is not accepted)",
        _ when reason.StartsWith("OS_REASON_DYLD", StringComparison.Ordinal) => $" ({reason}: a library cannot be loaded)",
        _ when reason.StartsWith("OS_REASON_EXEC", StringComparison.Ordinal) => $" ({reason}: the program cannot be executed)",
        _ when reason.StartsWith("JETSAM_REASON_", StringComparison.Ordinal) => $" ({reason}: to free memory)",
        _ => $" ({reason})",
    };
}

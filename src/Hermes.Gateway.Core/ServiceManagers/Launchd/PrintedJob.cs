namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The output of <c>launchctl print DOMAIN/LABEL</c>. Apple does not specify it, so only its layout is assumed
/// (<see cref="PrintedLines"/>), and every field may be missing.</summary>
internal sealed class PrintedJob(PrintedLines lines)
{
    /// <summary><c>running</c>, <c>not running</c>, <c>spawn scheduled</c>, <c>SIGTERMed</c>, <c>xpcproxy</c> (before
    /// the program is executed), <c>waiting</c> (older versions) and others; empty when missing.</summary>
    public string State { get; } = lines.FindInHead("state") ?? "";

    /// <summary>The path of the definition, or <c>(submitted by …)</c>.</summary>
    public string? Path { get; } = lines.FindInHead("path");

    /// <summary>Missing for jobs that an application registered (<c>program identifier</c>).</summary>
    public string? Program { get; } = lines.FindInHead("program");

    public string? WorkingDirectory { get; } = lines.FindInMiddle("working directory");

    public string? StandardOutPath { get; } = lines.FindInMiddle("stdout path");

    public string? StandardErrorPath { get; } = lines.FindInMiddle("stderr path");

    /// <summary>Exact for expected arguments; others with line breaks may be split.</summary>
    public ImmutableArray<string> Arguments => lines.Arguments;

    /// <summary>The job's own variables and those that launchd adds; exact like <see cref="Arguments"/>.</summary>
    public ImmutableDictionary<string, string> Environment => lines.Environment;

    /// <summary>The process id, if any; null in an incomplete output, in which an argument could imitate the field.</summary>
    public int? ProcessId { get; } = lines.IsComplete && ToNumber(lines.FindInTail("pid")) is > 0 and var id ? id : null;

    /// <summary>The number of starts since the job was loaded.</summary>
    public int Runs { get; } = ToNumber(lines.FindInTail("runs")) ?? 0;

    public bool HasNeverExited => ExitCode == "(never exited)";

    /// <summary>The exit code of the previous process, also while a new one runs: <c>0</c>, <c>1</c>,
    /// <c>78: EX_CONFIG</c>. Null when no process has exited, and after a signal.</summary>
    public string? LastExitCode => HasNeverExited ? null : ExitCode;

    /// <summary><c>Killed: 9</c>; replaces the exit code.</summary>
    public string? LastSignal { get; } = lines.FindInTail("last terminating signal");

    /// <summary><c>OS_REASON_…</c> or <c>JETSAM_REASON_…</c>; replaces the exit code.</summary>
    public string? LastReason { get; } = lines.FindInTail("last exit reason");

    /// <summary>The seconds between SIGTERM and SIGKILL.</summary>
    public int? ExitTimeoutSeconds { get; } = ToNumber(lines.FindInTail("exit timeout"));

    /// <summary><c>keepalive</c>, <c>runatload</c>, <c>penalty box</c>, <c>needs LWCR update</c> and others.</summary>
    public ImmutableArray<string> Properties { get; } = lines.ReadProperties();

    /// <summary>The reason why launchd delays a start without demand; <c>kickstart</c> is not delayed.</summary>
    public string? PendedSpawn { get; } = lines.FindInTail("pended nondemand spawn");

    /// <summary><c>running</c>, <c>exited</c>, <c>spawn failed</c>, <c>uninitialized</c>.</summary>
    public string? JobState { get; } = lines.FindInTail("job state");

    private string? ExitCode { get; } = lines.FindInTail("last exit code");

    /// <summary>Parses the output; returns null for an output that describes no job. Arguments and variables that appear exactly
    /// as expected are recognized as a whole, so that no line of them is taken for a field; others have no effect.</summary>
    public static PrintedJob? TryParse(
        string text, IReadOnlyList<string>? arguments = null, IReadOnlyDictionary<string, string>? environment = null) =>
        PrintedLines.TrySplit(text, arguments, environment) is { } printed ? new PrintedJob(printed) : null;

    public bool HasArguments(IReadOnlyList<string> expected) => lines.HasArguments(expected);

    /// <summary>Returns whether the job's own environment contains exactly this variable.</summary>
    public bool HasVariable(string name, string expected) => lines.HasVariable(name, expected);

    private static int? ToNumber(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

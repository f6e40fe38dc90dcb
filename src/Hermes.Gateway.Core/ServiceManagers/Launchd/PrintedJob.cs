using System.Globalization;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The output of <c>launchctl print DOMAIN/LABEL</c>. Apple does not specify it, so only its layout is assumed
/// (<see cref="PrintedLines"/>), and every field may be missing.</summary>
internal sealed class PrintedJob
{
    private readonly PrintedLines _lines;

    private PrintedJob(PrintedLines lines)
    {
        _lines = lines;
        State = lines.FindInHead("state") ?? "";
        Path = lines.FindInHead("path");
        Program = lines.FindInHead("program");
        WorkingDirectory = lines.FindInMiddle("working directory");
        StandardOutPath = lines.FindInMiddle("stdout path");
        StandardErrorPath = lines.FindInMiddle("stderr path");
        // In an incomplete output, a line of an argument could be taken for the process id.
        ProcessId = lines.IsComplete && ToNumber(lines.FindInTail("pid")) is > 0 and var id ? id : null;
        Runs = ToNumber(lines.FindInTail("runs")) ?? 0;
        var exitCode = lines.FindInTail("last exit code");
        HasNeverExited = exitCode == "(never exited)";
        LastExitCode = HasNeverExited ? null : exitCode;
        LastSignal = lines.FindInTail("last terminating signal");
        LastReason = lines.FindInTail("last exit reason");
        ExitTimeoutSeconds = ToNumber(lines.FindInTail("exit timeout"));
        Properties = lines.ReadProperties();
        PendedSpawn = lines.FindInTail("pended nondemand spawn");
        JobState = lines.FindInTail("job state");
    }

    /// <summary><c>running</c>, <c>not running</c>, <c>spawn scheduled</c>, <c>SIGTERMed</c>, <c>xpcproxy</c> (before
    /// the program is executed), <c>waiting</c> (older versions) and others; empty when missing.</summary>
    public string State { get; }

    /// <summary>The path of the definition, or <c>(submitted by …)</c>.</summary>
    public string? Path { get; }

    /// <summary>Missing for jobs that an application registered (<c>program identifier</c>).</summary>
    public string? Program { get; }

    public string? WorkingDirectory { get; }

    public string? StandardOutPath { get; }

    public string? StandardErrorPath { get; }

    /// <summary>Exact for expected arguments; others with line breaks may be split.</summary>
    public ImmutableArray<string> Arguments => _lines.Arguments;

    /// <summary>The job's own variables and those that launchd adds. Exact for expected variables; others with line
    /// breaks may be split.</summary>
    public ImmutableDictionary<string, string> Environment => _lines.Environment;

    /// <summary>The process id; null without a process, and in an incomplete output.</summary>
    public int? ProcessId { get; }

    /// <summary>The number of starts since the job was loaded.</summary>
    public int Runs { get; }

    /// <summary>The exit code of the previous process, also while a new one runs: <c>0</c>, <c>1</c>,
    /// <c>78: EX_CONFIG</c>. Null when no process has exited, and after a signal.</summary>
    public string? LastExitCode { get; }

    /// <summary><c>Killed: 9</c>; replaces the exit code.</summary>
    public string? LastSignal { get; }

    /// <summary><c>OS_REASON_…</c> or <c>JETSAM_REASON_…</c>; replaces the exit code.</summary>
    public string? LastReason { get; }

    public bool HasNeverExited { get; }

    /// <summary>The seconds between SIGTERM and SIGKILL.</summary>
    public int? ExitTimeoutSeconds { get; }

    /// <summary><c>keepalive</c>, <c>runatload</c>, <c>penalty box</c>, <c>needs LWCR update</c> and others.</summary>
    public ImmutableArray<string> Properties { get; }

    /// <summary>The reason why launchd delays a start without demand; <c>kickstart</c> is not delayed.</summary>
    public string? PendedSpawn { get; }

    /// <summary><c>running</c>, <c>exited</c>, <c>spawn failed</c>, <c>uninitialized</c>.</summary>
    public string? JobState { get; }

    /// <summary>Parses the output; returns null for an output that describes no job. Arguments and variables that appear
    /// exactly as expected are recognized as a whole, so that no line of them is taken for a field; expectations that
    /// do not match have no effect.</summary>
    public static PrintedJob? TryParse(
        string text,
        IReadOnlyList<string>? expectedArguments = null,
        IReadOnlyDictionary<string, string>? expectedEnvironment = null) =>
        PrintedLines.TrySplit(text, expectedArguments, expectedEnvironment) is { } lines ? new PrintedJob(lines) : null;

    /// <summary>Returns whether the output contains exactly these arguments.</summary>
    public bool HasArguments(IReadOnlyList<string> expected) => _lines.HasArguments(expected);

    /// <summary>Returns whether the job's own environment contains exactly this variable.</summary>
    public bool HasVariable(string name, string expected) => _lines.HasVariable(name, expected);

    private static int? ToNumber(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

using System.Collections.Immutable;
using System.Globalization;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>What one <c>launchctl print DOMAIN/LABEL</c> says. Apple calls the text no interface, so nothing is
/// required of it but its shape: fields are lines with one tab, blocks have two, and the definition's own texts stand
/// unquoted in <c>arguments</c> and <c>environment</c>.</summary>
internal sealed record PrintedJob
{
    private PrintedLines? _lines;

    /// <summary><c>gui/501/LABEL</c>; up to macOS 10.15 the bare label.</summary>
    public string Target { get; init; } = "";

    /// <summary><c>running</c>, <c>not running</c>, <c>spawn scheduled</c>, <c>SIGTERMed</c>, <c>xpcproxy</c> (no
    /// program yet), <c>waiting</c> (older) and others; empty when absent.</summary>
    public string State { get; init; } = "";

    /// <summary>The definition's file, or <c>(submitted by …)</c>.</summary>
    public string? Path { get; init; }

    /// <summary><c>LaunchAgent</c>, <c>LaunchDaemon</c> or <c>Submitted</c>; absent up to macOS 10.15.</summary>
    public string? Type { get; init; }

    /// <summary>Absent where an application registered the job (<c>program identifier</c>).</summary>
    public string? Program { get; init; }

    /// <summary>The folder of the definition, if it has one.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The file for standard output, if the definition has one.</summary>
    public string? StandardOutPath { get; init; }

    /// <summary>The file for standard error, if the definition has one.</summary>
    public string? StandardErrorPath { get; init; }

    /// <summary>The arguments. Exact where they were expected; else one with line breaks may come apart.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>The job's own variables, and those that launchd adds to them. Exact where they were expected; else one
    /// with line breaks may come apart.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The process; null when there is none, and when the text was cut off.</summary>
    public int? ProcessId { get; init; }

    /// <summary>How often launchd has started it since it was loaded.</summary>
    public int Runs { get; init; }

    /// <summary>How the previous process exited: <c>0</c>, <c>1</c>, <c>78: EX_CONFIG</c>. Null when none has, and
    /// when a signal ended it. A live process does not replace it.</summary>
    public string? LastExitCode { get; init; }

    /// <summary><c>Killed: 9</c>: printed instead of an exit code.</summary>
    public string? LastSignal { get; init; }

    /// <summary><c>OS_REASON_…</c> or <c>JETSAM_REASON_…</c>: printed instead of an exit code.</summary>
    public string? LastReason { get; init; }

    /// <summary>True when launchd says so, not when it says nothing.</summary>
    public bool HasNeverExited { get; init; }

    /// <summary>Seconds between SIGTERM and SIGKILL.</summary>
    public int? ExitTimeoutSeconds { get; init; }

    /// <summary>Seconds between two starts (<c>ThrottleInterval</c>).</summary>
    public int? MinimumRuntimeSeconds { get; init; }

    /// <summary><c>keepalive</c>, <c>runatload</c>, <c>penalty box</c>, <c>needs LWCR update</c> and others.</summary>
    public ImmutableArray<string> Properties { get; init; } = [];

    /// <summary>Why launchd holds back a start that nobody asked for; <c>kickstart</c> is served even so.</summary>
    public string? PendedSpawn { get; init; }

    /// <summary><c>running</c>, <c>exited</c>, <c>spawn failed</c>, <c>uninitialized</c>.</summary>
    public string? JobState { get; init; }

    /// <summary>Why the process was started: <c>speculative</c> (at load), <c>non-ipc demand</c> (kickstart)…</summary>
    public string? ImmediateReason { get; init; }

    /// <summary><c>daemon (3)</c>, <c>background (5)</c>…</summary>
    public string? SpawnType { get; init; }

    /// <summary>False when the closing brace is missing: what follows the cut is unknown, not absent.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Reads a print of a job; null when it is none.</summary>
    public static PrintedJob? TryParse(string text) => TryParse(text, null, null);

    /// <summary>Reads a print of a job whose definition is believed to be known. What stands there literally as
    /// expected is taken for that and not searched any further, so the definition's own texts cannot forge anything.
    /// Expectations that do not hold change nothing.</summary>
    public static PrintedJob? TryParse(
        string text,
        IReadOnlyList<string>? expectedArguments,
        IReadOnlyDictionary<string, string>? expectedEnvironment)
    {
        if (PrintedLines.TrySplit(text, expectedArguments, expectedEnvironment) is not { } lines) return null;

        var exitCode = lines.InTail("last exit code");
        var neverExited = exitCode == "(never exited)";
        return new PrintedJob
        {
            _lines = lines,
            Target = lines.Target,
            IsComplete = lines.IsComplete,
            State = lines.InHead("state") ?? "",
            Path = lines.InHead("path"),
            Type = lines.InHead("type"),
            Program = lines.InHead("program"),
            WorkingDirectory = lines.InMiddle("working directory"),
            StandardOutPath = lines.InMiddle("stdout path"),
            StandardErrorPath = lines.InMiddle("stderr path"),
            Arguments = lines.Arguments,
            Environment = lines.Environment,
            // In a text that was cut off, what looks like the process may be a line of an argument.
            ProcessId = lines.IsComplete && Number(lines.InTail("pid")) is > 0 and var id ? id : null,
            Runs = Number(lines.InTail("runs")) ?? 0,
            LastExitCode = neverExited ? null : exitCode,
            HasNeverExited = neverExited,
            LastSignal = lines.InTail("last terminating signal"),
            LastReason = lines.InTail("last exit reason"),
            ExitTimeoutSeconds = Number(lines.InTail("exit timeout")),
            MinimumRuntimeSeconds = Number(lines.InTail("minimum runtime")),
            Properties = lines.Properties,
            PendedSpawn = lines.InTail("pended nondemand spawn"),
            JobState = lines.InTail("job state"),
            ImmediateReason = lines.InTail("immediate reason"),
            SpawnType = lines.InTail("spawn type"),
        };
    }

    /// <summary>True when the arguments stand in the print literally so.</summary>
    public bool HasArguments(IReadOnlyList<string> expected) => _lines?.HasArguments(expected) ?? false;

    /// <summary>True when the job's own environment holds literally this line, or these lines.</summary>
    public bool HasVariable(string name, string expected) => _lines?.HasVariable(name, expected) ?? false;

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

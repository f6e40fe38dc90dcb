namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Describes how a process ended. Exit statuses from 200 on are systemd's own, and mean that the program never ran
/// (systemd.exec(5), "Process Exit Codes").</summary>
internal static class SystemdExitStatus
{
    private static readonly string[] Signals =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
    ];

    /// <summary>Describes <c>ExecMainCode</c> (see waitid(2)) and <c>ExecMainStatus</c>; null when no process has ended.</summary>
    public static string? Describe(string code, int status) => code switch
    {
        "1" => $"exit {status}{(MeaningOf(status) is { } meaning ? $" ({meaning})" : "")}",
        "2" => $"killed by SIG{SignalName(status)}",
        "3" => $"dumped core on SIG{SignalName(status)}",
        _ => null,
    };

    private static string? MeaningOf(int status) => status switch
    {
        0 => "success",
        78 => "CONFIG: the program refuses its configuration",
        126 => "the program, or its interpreter, cannot be executed",
        127 => "a command was not found",
        200 => "CHDIR: the working directory cannot be entered",
        202 => "FDS: file descriptors could not be set up",
        203 => "EXEC: the program cannot be executed (missing, not executable, or a bad interpreter)",
        208 => "STDIN: standard input could not be set up",
        209 => "STDOUT: standard output could not be set up",
        216 => "GROUP: the group could not be set",
        217 => "USER: the account does not exist or could not be set",
        226 => "NAMESPACE: the sandbox could not be set up",
        237 => "KEYRING: the keyring could not be set up",
        238 => "STATE_DIRECTORY: the state directory could not be set up",
        240 => "LOGS_DIRECTORY: the log directory could not be set up",
        _ => null,
    };

    private static string SignalName(int signal) => signal > 0 && signal < Signals.Length ? Signals[signal] : $"#{signal}";
}

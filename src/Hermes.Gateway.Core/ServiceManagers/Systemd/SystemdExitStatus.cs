namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Says in words how a process of systemd's ended. The numbers from 200 on are systemd's own
/// (systemd.exec(5), "Process Exit Codes"): the program never ran.</summary>
internal static class SystemdExitStatus
{
    private const string Exited = "1";
    private const string Killed = "2";
    private const string Dumped = "3";

    private static readonly Dictionary<int, string> Names = new()
    {
        [0] = "success",
        [78] = "CONFIG: the program refuses its configuration",
        [126] = "the program, or its interpreter, cannot be executed",
        [127] = "a command was not found",
        [200] = "CHDIR: the working directory cannot be entered",
        [202] = "FDS: file descriptors could not be set up",
        [203] = "EXEC: the program cannot be executed (missing, not executable, or a bad interpreter)",
        [208] = "STDIN: standard input could not be set up",
        [209] = "STDOUT: standard output could not be set up",
        [216] = "GROUP: the group could not be set",
        [217] = "USER: the account does not exist or could not be set",
        [226] = "NAMESPACE: the sandbox could not be set up",
        [237] = "KEYRING: the keyring could not be set up",
        [238] = "STATE_DIRECTORY: the state directory could not be set up",
        [240] = "LOGS_DIRECTORY: the log directory could not be set up",
    };

    private static readonly string[] Signals =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM",
    ];

    /// <summary>Decodes <c>ExecMainCode</c> and <c>ExecMainStatus</c>; null when no process has ended.</summary>
    public static string? Decode(string code, int status) => code switch
    {
        Exited => Names.TryGetValue(status, out var name) ? $"exit {status} ({name})" : $"exit {status}",
        Killed => $"killed by SIG{SignalName(status)}",
        Dumped => $"dumped core on SIG{SignalName(status)}",
        _ => null,
    };

    private static string SignalName(int signal) =>
        signal > 0 && signal < Signals.Length ? Signals[signal] : signal.ToString("'#'0", null);
}

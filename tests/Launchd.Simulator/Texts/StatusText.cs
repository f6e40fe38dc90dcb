using System.Globalization;

namespace Launchd.Simulator.Texts;

/// <summary>The words for how a process ended.</summary>
internal static class StatusText
{
    private static readonly Dictionary<int, string> Notes = new()
    {
        [64] = "EX_USAGE",
        [65] = "EX_DATAERR",
        [66] = "EX_NOINPUT",
        [67] = "EX_NOUSER",
        [68] = "EX_NOHOST",
        [69] = "EX_UNAVAILABLE",
        [70] = "EX_SOFTWARE",
        [71] = "EX_OSERR",
        [72] = "EX_OSFILE",
        [73] = "EX_CANTCREAT",
        [74] = "EX_IOERR",
        [75] = "EX_TEMPFAIL",
        [76] = "EX_PROTOCOL",
        [77] = "EX_NOPERM",
        [78] = "EX_CONFIG",
    };

    // The numbers are Linux's, where the simulation runs; the words are those of macOS.
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "Hangup: 1",
        [2] = "Interrupt: 2",
        [3] = "Quit: 3",
        [4] = "Illegal instruction: 4",
        [5] = "Trace/BPT trap: 5",
        [6] = "Abort trap: 6",
        [7] = "Bus error: 10",
        [8] = "Floating point exception: 8",
        [9] = "Killed: 9",
        [10] = "User defined signal 1: 30",
        [11] = "Segmentation fault: 11",
        [12] = "User defined signal 2: 31",
        [13] = "Broken pipe: 13",
        [14] = "Alarm clock: 14",
        [15] = "Terminated: 15",
    };

    public static string Code(int code) =>
        Notes.TryGetValue(code, out var note) ? $"{code}: {note}" : code.ToString(CultureInfo.InvariantCulture);

    public static string Signal(int signal) => Signals.GetValueOrDefault(signal, $"Unknown signal: {signal}");
}

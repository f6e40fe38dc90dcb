using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Hermes.Gateway.Core.Processes;

/// <summary>The one thing that <see cref="Process"/> cannot do: ask politely.</summary>
internal static partial class PosixSignals
{
    private const int SigTerm = 15;
    private const int NoSuchProcess = 3;

    /// <summary>Sends SIGTERM to <paramref name="process"/>, a child of this process.</summary>
    /// <returns>False when it had exited before; then nothing was sent.</returns>
    public static bool RequestStop(Process process)
    {
        // Its id can belong to another process from the moment when the runtime has seen the exit.
        if (process.HasExited)
            return false;

        return Kill(process.Id, SigTerm) == 0 || Marshal.GetLastPInvokeError() != NoSuchProcess;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}

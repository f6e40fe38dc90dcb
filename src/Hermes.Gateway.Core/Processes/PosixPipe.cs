using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Reads a pipe, and waits for it only for a time.</summary>
/// <remarks>The framework's asynchronous read of a pipe takes all of its sockets along, which a command that is over in
/// milliseconds pays for; its other one waits for ever.</remarks>
internal static class PosixPipe
{
    private const short Readable = 1;

    /// <summary>Reads what is there.</summary>
    /// <returns>How many bytes; 0 at the end, which a pipe that cannot be read has reached as far as evidence goes; null
    /// when there was nothing before <paramref name="limit"/> was over, or a signal came first.</returns>
    public static int? Read(SafePipeHandle pipe, byte[] buffer, TimeSpan limit)
    {
        var isHeld = false;
        try
        {
            pipe.DangerousAddRef(ref isHeld);
            var descriptor = (int)pipe.DangerousGetHandle();
            var look = new Look { Descriptor = descriptor, Wanted = Readable };
            return poll(ref look, 1, (int)limit.TotalMilliseconds) > 0
                ? (int)Math.Max(0, read(descriptor, buffer, buffer.Length))
                : null;
        }
        finally
        {
            if (isHeld) pipe.DangerousRelease();
        }
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int poll(ref Look looks, nint count, int milliseconds);

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint read(int descriptor, byte[] buffer, nint size);

    // struct pollfd of poll(2); the same on Linux and macOS.
    [StructLayout(LayoutKind.Sequential)]
    private struct Look
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}

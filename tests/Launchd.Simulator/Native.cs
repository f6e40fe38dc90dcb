using System.Runtime.InteropServices;

namespace Launchd.Simulator;

/// <summary>The calls of libc that .NET has no name for.</summary>
internal static unsafe class Native
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    private const int SubreaperOption = 36;
    private const int AllChildren = 0;
    private const int Exited = 4;
    private const int LeaveWaitable = 0x01000000;

    // siginfo_t begins with three ints, then a union that is aligned like a pointer and begins with the pid.
    private static readonly int SignalInfoPid = nint.Size == 8 ? 16 : 12;

    /// <summary>The path without links; null when it does not exist.</summary>
    public static string? RealPath(string path)
    {
        var resolved = realpath(path, 0);
        if (resolved == 0) return null;
        var text = Marshal.PtrToStringUTF8(resolved);
        free(resolved);
        return text;
    }

    public static uint EffectiveUserId => geteuid();

    public static bool IsTerminal(int descriptor) => isatty(descriptor) == 1;

    /// <summary>Sends a signal; a negative id means the process group.</summary>
    public static void Kill(int processId, int signal) => _ = kill(processId, signal);

    public static void SetFileMask(uint mask) => _ = umask(mask);

    /// <summary>From now on, orphans among the descendants become children of this process.</summary>
    public static void BecomeSubreaper() => _ = prctl(SubreaperOption, 1, 0, 0, 0);

    /// <summary>Blocks until a child has ended, and leaves it a zombie; null when there are no children.</summary>
    public static int? AwaitAnyChild()
    {
        var info = stackalloc byte[256];
        while (true)
        {
            if (waitid(AllChildren, 0, info, Exited | LeaveWaitable) == 0) return *(int*)(info + SignalInfoPid);
            const int interrupted = 4;
            if (Marshal.GetLastPInvokeError() != interrupted) return null;
        }
    }

    /// <summary>Takes the wait status of a child that has ended; null when somebody else has.</summary>
    public static int? Reap(int processId)
    {
        int status;
        const int doNotWait = 1;
        return waitpid(processId, &status, doNotWait) == processId ? status : null;
    }

    /// <summary>The owner of a file, and its mode.</summary>
    public static uint? OwnerOf(string path)
    {
        // statx has the same layout everywhere: mask, block size, attributes, links, then the user id.
        var buffer = stackalloc byte[512];
        const int currentFolder = -100;
        const uint userId = 8;
        return statx(currentFolder, path, 0, userId, buffer) == 0 ? *(uint*)(buffer + 20) : null;
    }

#pragma warning disable CA5392, SYSLIB1054, IDE1006, CS8981 // libc is where it is; its names are its own.
    [DllImport("libc", SetLastError = true)]
    private static extern nint realpath([MarshalAs(UnmanagedType.LPUTF8Str)] string path, nint buffer);

    [DllImport("libc")]
    private static extern void free(nint memory);

    [DllImport("libc")]
    private static extern uint geteuid();

    [DllImport("libc", SetLastError = true)]
    private static extern int isatty(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int processId, int signal);

    [DllImport("libc")]
    private static extern uint umask(uint mask);

    [DllImport("libc", SetLastError = true)]
    private static extern int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [DllImport("libc", SetLastError = true)]
    private static extern int waitid(int kind, uint id, byte* info, int options);

    [DllImport("libc", SetLastError = true)]
    private static extern int waitpid(int processId, int* status, int options);

    [DllImport("libc", SetLastError = true)]
    private static extern int statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte* buffer);
#pragma warning restore CA5392, SYSLIB1054, IDE1006, CS8981
}

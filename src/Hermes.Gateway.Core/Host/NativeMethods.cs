using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

// LibraryImport generates the marshalling of all native calls; the runtime's own is not used.
[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Hermes.Gateway.Core.Host;

/// <summary>POSIX calls that the BCL does not offer.</summary>
internal static partial class NativeMethods
{
    // access(2).
    private const int ExecuteAccess = 1;
    private const int WriteAccess = 2;
    private const int ReadAccess = 4;

    // The errors EPERM, ENOENT, ESRCH and EACCES: the same on Linux and macOS.
    private const int NotPermitted = 1;
    public const int NoEntry = 2;
    private const int NoSuchProcess = 3;
    public const int AccessDenied = 13;

    // flock(2): LOCK_EX | LOCK_NB, the same on Linux and macOS.
    private const int LockExclusivelyWithoutWaiting = 2 | 4;

    private const int SigTerm = 15;

    /// <summary>The access modes of open(2): O_RDONLY, O_WRONLY with O_APPEND, and O_RDWR.</summary>
    public enum OpenMode
    {
        Read = 0,
        Append = 1,
        ReadAndWrite = 2,
    }

    public static uint EffectiveUserId => geteuid();

    // access(2) answers for the real user of this process.
    public static bool CanExecute(string path) => access(path, ExecuteAccess) == 0;

    public static bool CanWrite(string path) => access(path, WriteAccess) == 0;

    public static bool CanRead(string path) => access(path, ReadAccess) == 0;

    /// <summary>Opens an existing file that is no symbolic link, without waiting for the other end of a FIFO.</summary>
    /// <returns>The file; null when it cannot be opened, for the reason in <paramref name="error"/> (errno).</returns>
    public static SafeFileHandle? OpenNoFollow(string path, OpenMode mode, out int error)
    {
        var flags = OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec | (int)mode
            | (mode == OpenMode.Append ? OpenFlags.Append : 0);
        var descriptor = open(path, flags);
        error = descriptor >= 0 ? 0 : Marshal.GetLastPInvokeError();
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
    }

    /// <summary>Locks an open file exclusively (flock(2)), as the BCL does for <c>FileShare.None</c>, without waiting.</summary>
    /// <returns>False when another open file holds the lock. True on a file system that has no such locks, as in the BCL.</returns>
    public static bool TryLock(SafeFileHandle handle) =>
        flock(handle, LockExclusivelyWithoutWaiting) == 0
        // EWOULDBLOCK: 11 on Linux, 35 on macOS.
        || Marshal.GetLastPInvokeError() != (OperatingSystem.IsMacOS() ? 35 : 11);

    /// <summary>Determines whether a process exists (kill(2) with signal 0), also one that this process may not signal.</summary>
    public static bool ProcessExists(int processId) => kill(processId, 0) == 0 || Marshal.GetLastPInvokeError() == NotPermitted;

    /// <summary>Sends SIGTERM to a process. Returns false when it does not exist.</summary>
    public static bool Terminate(int processId) =>
        kill(processId, SigTerm) == 0 || Marshal.GetLastPInvokeError() != NoSuchProcess;

    /// <summary>Changes the owner and the group of an open file, which only root may do. The path is for the error.</summary>
    public static void ChangeOwner(SafeFileHandle file, string path, Account account)
    {
        if (fchown(file, account.UserId, account.GroupId) != 0)
            throw new IOException($"cannot give {path} to {account.Name}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Changes the owner and the group of a file or folder, not of what a link leads to. Only root may do that.</summary>
    public static void ChangeOwner(string path, Account account)
    {
        if (lchown(path, account.UserId, account.GroupId) != 0)
            throw new IOException($"cannot give {path} to {account.Name}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Makes <paramref name="newPath"/> a second name of a file (link(2)). Returns false when the file system or the rights do not
    /// allow it.</summary>
    public static bool TryLink(string path, string newPath) => link(path, newPath) == 0;

    /// <summary>Renames a file, a folder or a symbolic link itself (rename(2)). Replaces a file or a link, but no folder with content.
    /// </summary>
    public static void Rename(string path, string newPath)
    {
        if (rename(path, newPath) != 0)
            throw new IOException($"cannot rename {path} to {newPath}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Flushes a file, or the entries of a folder, to the disk (fsync(2)).</summary>
    public static void SyncFolder(string path)
    {
        var descriptor = open(path, (int)OpenMode.Read);
        if (descriptor < 0) throw new IOException($"cannot open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        using var folder = new SafeFileHandle(descriptor, ownsHandle: true);
        if (fsync(folder) != 0) throw new IOException($"cannot flush {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle handle, int operation);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle folder);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string path, string newPath);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string path, string newPath);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(SafeFileHandle file, uint userId, uint groupId);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint userId, uint groupId);

    // The flags of open(2) have other values on macOS, and O_NOFOLLOW differs between the architectures of Linux
    // (asm-generic/fcntl.h; arch/arm, arch/arm64 and arch/powerpc have their own).
    private static class OpenFlags
    {
        public static int NoFollow { get; } = OperatingSystem.IsMacOS() ? 0x100 : RuntimeInformation.ProcessArchitecture
            is Architecture.Arm or Architecture.Armv6 or Architecture.Arm64 or Architecture.Ppc64le ? 0x8000 : 0x20000;

        public static int NonBlocking { get; } = OperatingSystem.IsMacOS() ? 0x4 : 0x800;

        public static int Append { get; } = OperatingSystem.IsMacOS() ? 0x8 : 0x400;

        public static int CloseOnExec { get; } = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;
    }
}

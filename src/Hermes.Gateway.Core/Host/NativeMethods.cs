using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Host;

/// <summary>The few POSIX calls that the BCL does not offer.</summary>
internal static partial class NativeMethods
{
    private const int ExecuteAccess = 1;
    private const int WriteAccess = 2;
    private const int ReadAccess = 4;
    private const int ReadOnly = 0;
    private const int NotPermitted = 1;

    /// <summary>The error of a missing file (ENOENT), the same on Linux and macOS.</summary>
    public const int NoEntry = 2;

    /// <summary>The error of a file whose mode forbids the access (EACCES), the same on Linux and macOS.</summary>
    public const int AccessDenied = 13;

    // flock(2): LOCK_EX | LOCK_NB, the same on Linux and macOS.
    private const int LockExclusivelyWithoutWaiting = 2 | 4;

    /// <summary>What a file is opened for: the access modes of open(2).</summary>
    public enum OpenMode
    {
        /// <summary>O_RDONLY.</summary>
        Read = 0,

        /// <summary>O_WRONLY with O_APPEND.</summary>
        Append = 1,

        /// <summary>O_RDWR.</summary>
        ReadAndWrite = 2,
    }

    /// <summary>The effective user id of this process.</summary>
    public static uint EffectiveUserId => geteuid();

    /// <summary>Whether this process's real user may execute <paramref name="path"/> (access(2)).</summary>
    public static bool CanExecute(string path) => access(path, ExecuteAccess) == 0;

    /// <summary>Likewise, whether it may write to it.</summary>
    public static bool CanWrite(string path) => access(path, WriteAccess) == 0;

    /// <summary>Likewise, whether it may read it.</summary>
    public static bool CanRead(string path) => access(path, ReadAccess) == 0;

    /// <summary>Opens an existing file, without following a symbolic link in its last part and without waiting for the
    /// other end of a FIFO.</summary>
    /// <returns>The file; null when it cannot be opened, for the reason in <paramref name="error"/> (errno).</returns>
    public static SafeFileHandle? OpenNoFollow(string path, OpenMode mode, out int error)
    {
        var flags = OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec | (int)mode
            | (mode == OpenMode.Append ? OpenFlags.Append : 0);
        var descriptor = open(path, flags);
        error = descriptor >= 0 ? 0 : Marshal.GetLastPInvokeError();
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
    }

    /// <summary>Locks an open file exclusively without waiting (flock(2)): the lock that the BCL takes for
    /// <see cref="FileShare.None"/>.</summary>
    /// <returns>False when another open file holds the lock. True on a file system that has no such locks, as in the BCL.</returns>
    public static bool TryLock(SafeFileHandle handle) =>
        flock(handle, LockExclusivelyWithoutWaiting) == 0
        // EWOULDBLOCK: 11 on Linux, 35 on macOS.
        || Marshal.GetLastPInvokeError() != (OperatingSystem.IsMacOS() ? 35 : 11);

    /// <summary>The system's text for an error number.</summary>
    public static string Message(int error) => Marshal.GetPInvokeErrorMessage(error);

    /// <summary>Whether a process of this id is there (kill(2) with signal 0); one that may not be signalled is.</summary>
    public static bool ProcessExists(int processId) =>
        kill(processId, 0) == 0 || Marshal.GetLastPInvokeError() == NotPermitted;

    /// <summary>Gives an open file away. Only root may.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path, for the error.</param>
    /// <param name="account">Its new owner.</param>
    /// <exception cref="IOException">It cannot be given away.</exception>
    public static void ChangeOwner(SafeFileHandle file, string path, Account account)
    {
        if (fchown(file, account.UserId, account.GroupId) != 0)
            throw new IOException($"cannot give {path} to {account.Name}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Makes a folder's entries durable (fsync(2) on the folder).</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void SyncFolder(string path)
    {
        var descriptor = open(path, ReadOnly);
        if (descriptor < 0) throw new IOException($"cannot open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            if (fsync(descriptor) != 0)
                throw new IOException($"cannot flush {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            _ = close(descriptor);
        }
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
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(SafeFileHandle file, uint userId, uint groupId);

    // The flags of open(2) have other values on macOS; O_NOFOLLOW differs between Linux's architectures, too
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

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
    private const int ReadWrite = 2;
    private const int ExclusiveLock = 2;
    private const int DoNotWait = 4;

    // errno(3): the same on Linux and macOS.
    private const int NotPermitted = 1;
    private const int NoEntry = 2;
    private const int NoAccess = 13;
    private const int NotAFolder = 20;

    private static readonly Lock GroupAnswer = new();

    /// <summary>The effective user id of this process.</summary>
    public static uint EffectiveUserId => geteuid();

    /// <summary>Whether this process's real user may execute <paramref name="path"/> (access(2)).</summary>
    public static bool CanExecute(string path) => access(path, ExecuteAccess) == 0;

    /// <summary>Likewise, whether it may write to it.</summary>
    public static bool CanWrite(string path) => access(path, WriteAccess) == 0;

    /// <summary>Likewise, whether it may read it.</summary>
    public static bool CanRead(string path) => access(path, ReadAccess) == 0;

    /// <summary>Opens an existing file, without following a link that stands at <paramref name="path"/>, without waiting for the
    /// other end of a pipe, and without the advisory lock that the BCL takes (open(2) with O_NOFOLLOW, O_NONBLOCK and O_CLOEXEC).
    /// </summary>
    /// <returns>The file; null when there is none.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static SafeFileHandle? OpenExisting(string path, bool forWriting)
    {
        var descriptor = open(path, (forWriting ? ReadWrite : ReadOnly) | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec);
        if (descriptor >= 0) return new SafeFileHandle(descriptor, ownsHandle: true);
        return Marshal.GetLastPInvokeError() switch
        {
            NoEntry or NotAFolder => null,
            NoAccess or NotPermitted => throw new UnauthorizedAccessException($"cannot open {path}: {Marshal.GetLastPInvokeErrorMessage()}"),
            _ => throw new IOException($"cannot open {path}: {Marshal.GetLastPInvokeErrorMessage()}"),
        };
    }

    /// <summary>Takes the exclusive advisory lock of an open file without waiting (flock(2)): the lock that the BCL takes for
    /// <see cref="FileShare.None"/>.</summary>
    /// <returns>False when another open file holds it. True on a file system that has no such locks, as in the BCL.</returns>
    public static bool TryLock(SafeFileHandle file) =>
        flock(file, ExclusiveLock | DoNotWait) == 0 || Marshal.GetLastPInvokeError() != OpenFlags.WouldBlock;

    /// <summary>A group of the machine (getgrgid(3)); null when there is none, or it cannot be found out.</summary>
    public static unsafe AccountGroup? GroupOf(uint groupId)
    {
        // The answer stands in memory that the next call overwrites.
        lock (GroupAnswer)
        {
            var entry = getgrgid(groupId);
            if (entry == null || entry->Name == IntPtr.Zero) return null;
            var members = new List<string>();
            for (var member = (IntPtr*)entry->Members; member != null && *member != IntPtr.Zero; member++)
                members.Add(Marshal.PtrToStringUTF8(*member) ?? "");
            return new AccountGroup(Marshal.PtrToStringUTF8(entry->Name)!, members);
        }
    }

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
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc")]
    private static unsafe partial GroupEntry* getgrgid(uint groupId);

    // struct group of grp.h; the same on Linux and macOS.
    [StructLayout(LayoutKind.Sequential)]
    private struct GroupEntry
    {
        public IntPtr Name;
        public IntPtr Password;
        public uint GroupId;
        public IntPtr Members;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(SafeFileHandle file, uint userId, uint groupId);
}

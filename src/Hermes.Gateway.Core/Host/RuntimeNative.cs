using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Host;

/// <summary>What the BCL knows of files and accounts and does not tell: asked of the runtime's own native library, whose
/// structures, unlike libc's, are the same on every system and processor. A runtime without them gives no answer.</summary>
internal static partial class RuntimeNative
{
    // More than any entry of a password database has; getpwuid_r(3) says so if it is not enough.
    private const int MostBytes = 64 << 10;

    // More groups than Linux allows an account to have (NGROUPS_MAX).
    private const int MostGroups = 1 << 16;

    // What GetPwNamR answers when the databases were asked and none has the entry; errors are positive.
    private const int NoEntry = -1;

    // stat(2): S_IFMT and all the others.
    private const int RightsMask = 0xFFF;
    private const int TypeMask = 0xF000;

    /// <summary>The user id of a file's owner; null when it cannot be found out.</summary>
    public static uint? OwnerOf(string path) => RightsOf(path)?.UserId;

    /// <summary>The mode and the owners of what a path leads to; null when they cannot be found out.</summary>
    public static FileRights? RightsOf(string path) =>
        TryStat(path, out var status) ? RightsOf(status) : null;

    /// <summary>The type, mode and owners of the entry that a path names: of a symbolic link itself, not of its target. Null
    /// when there is none, or it cannot be found out.</summary>
    public static (FileType Type, FileRights Rights)? EntryOf(string path) =>
        TryLStat(path, out var status) ? (TypeOf(status), RightsOf(status)) : null;

    /// <summary>The type, mode and owners of an open file; null when they cannot be found out.</summary>
    public static (FileType Type, FileRights Rights)? EntryOf(SafeFileHandle handle)
    {
        try
        {
            return FStat(handle, out var status) == 0 ? (TypeOf(status), RightsOf(status)) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether a path leads to a regular file, which a reader can come to the end of; null when it cannot be
    /// found out.</summary>
    public static bool? IsRegularFile(string path) =>
        TryStat(path, out var status) ? TypeOf(status) == FileType.Regular : null;

    /// <summary>How large what a path leads to is, and when it was changed; null when that cannot be found out.</summary>
    public static FileMark? MarkOf(string path) => Ask(() =>
        Stat(path, out var status) == 0
            ? new FileMark(
                status.Size, status.WrittenSeconds, status.WrittenNanoseconds, status.ChangedSeconds, status.ChangedNanoseconds)
            : null);

    /// <summary>The account of this user id; null when there is none, or it cannot be found out.</summary>
    public static Account? AccountOf(uint userId) => ReadAccount((buffer, length) =>
        GetPwUidR(userId, out var entry, buffer, length) == 0 ? entry : null);

    /// <summary>The account of this name; null likewise.</summary>
    public static Account? AccountOf(string name) => ReadAccount((buffer, length) =>
        GetPwNamR(name, out var entry, buffer, length) == 0 ? entry : null);

    /// <summary>Whether there is an account of this name; null when the databases do not tell.</summary>
    public static bool? HasAccount(string name)
    {
        var answer = NoEntry;
        var account = ReadAccount((buffer, length) =>
            (answer = GetPwNamR(name, out var entry, buffer, length)) == 0 ? entry : null);
        return account is not null ? true : answer == NoEntry ? false : null;
    }

    /// <summary>The groups of an account, its primary one among them; null when they cannot be found out.</summary>
    public static IReadOnlySet<uint>? GroupsOf(Account account) => Ask(() =>
    {
        var groups = new uint[MostGroups];
        var count = groups.Length;
        return GetGroupList(account.Name, account.GroupId, groups, ref count) >= 0
            ? groups.Take(count).ToHashSet()
            : null;
    });

    /// <summary>The name of a group; its number when it has none, or that cannot be found out.</summary>
    public static string GroupNameOf(uint groupId) => ReadGroup(groupId, entry => Marshal.PtrToStringUTF8(entry.Name)) ?? $"{groupId}";

    /// <summary>The names in a group's entry, without the accounts whose primary group it is; empty when there is no entry,
    /// null when it cannot be read.</summary>
    public static IReadOnlyList<string>? MembersOf(uint groupId)
    {
        var isMissing = false;
        var names = ReadGroup(groupId, ReadNames, () => isMissing = true);
        return isMissing ? [] : names;

        static List<string> ReadNames(GroupEntry entry)
        {
            var names = new List<string>();
            for (var at = entry.Members; at != IntPtr.Zero && Marshal.ReadIntPtr(at) is var name && name != IntPtr.Zero; at += IntPtr.Size)
                names.Add(Marshal.PtrToStringUTF8(name)!);
            return names;
        }
    }

    private static T? ReadGroup<T>(uint groupId, Func<GroupEntry, T?> read, Action? missing = null) where T : class
    {
        var buffer = Marshal.AllocHGlobal(MostBytes);
        try
        {
            if (getgrgid_r(groupId, out var entry, buffer, MostBytes, out var found) != 0) return null;
            if (found != IntPtr.Zero) return read(entry);
            missing?.Invoke();
            return null;
        }
        finally
        {
            Marshal.FreeHGlobal(buffer);
        }
    }

    private static FileRights RightsOf(in FileStatus status) => new(status.Mode & RightsMask, status.UserId, status.GroupId);

    private static FileType TypeOf(in FileStatus status) => (FileType)(status.Mode & TypeMask);

    private static Account? ReadAccount(Func<IntPtr, int, Entry?> read) => Ask(() =>
    {
        var buffer = Marshal.AllocHGlobal(MostBytes);
        try
        {
            if (read(buffer, MostBytes) is not { } entry || entry.Name == IntPtr.Zero) return null;
            return new Account(
                Marshal.PtrToStringUTF8(entry.Name)!, entry.UserId, entry.GroupId, Marshal.PtrToStringUTF8(entry.Home) ?? "")
            {
                Shell = Marshal.PtrToStringUTF8(entry.Shell) ?? "",
            };
        }
        finally
        {
            Marshal.FreeHGlobal(buffer);
        }
    });

    private static bool TryStat(string path, out FileStatus status)
    {
        try
        {
            return Stat(path, out status) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            status = default;
            return false;
        }
    }

    private static bool TryLStat(string path, out FileStatus status)
    {
        try
        {
            return LStat(path, out status) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            status = default;
            return false;
        }
    }

    private static T? Ask<T>(Func<T?> ask) where T : class
    {
        try
        {
            return ask();
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, out FileStatus status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_LStat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LStat(string path, out FileStatus status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_FStat")]
    private static partial int FStat(SafeFileHandle handle, out FileStatus status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetPwUidR")]
    private static partial int GetPwUidR(uint userId, out Entry entry, IntPtr buffer, int length);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetPwNamR", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetPwNamR(
        string name, out Entry entry, IntPtr buffer, int length);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetGroupList", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetGroupList(
        string name, uint groupId, [In, Out] uint[] groups, ref int count);

    // The runtime's library has no call for groups. struct group is the same on Linux and macOS.
    [LibraryImport("libc")]
    private static partial int getgrgid_r(uint groupId, out GroupEntry entry, IntPtr buffer, nint length, out IntPtr found);

    [StructLayout(LayoutKind.Sequential)]
    private struct GroupEntry
    {
        public IntPtr Name;
        public IntPtr Password;
        public uint GroupId;
        public IntPtr Members;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FileStatus
    {
        public int Flags;
        public int Mode;
        public uint UserId;
        public uint GroupId;
        public long Size;
        private long _readSeconds;
        private long _readNanoseconds;
        public long WrittenSeconds;
        public long WrittenNanoseconds;
        public long ChangedSeconds;
        public long ChangedNanoseconds;
        // Larger than what follows in any version of the runtime.
        private FileStatusRest _rest;
    }

    [System.Runtime.CompilerServices.InlineArray(64)]
    private struct FileStatusRest
    {
        private long _first;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public IntPtr Name;
        public IntPtr Password;
        public uint UserId;
        public uint GroupId;
        public IntPtr UserInformation;
        public IntPtr Home;
        public IntPtr Shell;
    }
}

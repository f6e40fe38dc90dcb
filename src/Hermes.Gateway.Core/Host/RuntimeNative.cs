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

    // stat(2): S_IFMT, S_IFREG and all the others.
    private const int RightsMask = 0xFFF;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int FolderType = 0x4000;
    private const int LinkType = 0xA000;

    /// <summary>The user id of a file's owner; null when it cannot be found out.</summary>
    public static uint? OwnerOf(string path) => RightsOf(path)?.UserId;

    /// <summary>The mode and the owners of what a path leads to; null when they cannot be found out.</summary>
    public static FileRights? RightsOf(string path) =>
        TryStat(path, out var status) ? RightsOf(status) : null;

    /// <summary>Whether a path leads to a regular file, which a reader can come to the end of; null when it cannot be
    /// found out.</summary>
    public static bool? IsRegularFile(string path) =>
        TryStat(path, out var status) ? (status.Mode & TypeMask) == RegularType : null;

    /// <summary>What stands at a path itself, links not followed, and its mode and owners; null when nothing does, or it cannot
    /// be found out.</summary>
    public static (FileKind Kind, FileRights Rights)? LinkRightsOf(string path)
    {
        try
        {
            return LStat(path, out var status) == 0 ? (KindOf(status), RightsOf(status)) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Likewise of an open file.</summary>
    public static (FileKind Kind, FileRights Rights)? RightsOf(SafeFileHandle file)
    {
        try
        {
            return FStat(file, out var status) == 0 ? (KindOf(status), RightsOf(status)) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

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

    private static FileRights RightsOf(in FileStatus status) => new(status.Mode & RightsMask, status.UserId, status.GroupId);

    private static FileKind KindOf(in FileStatus status) => (status.Mode & TypeMask) switch
    {
        RegularType => FileKind.Regular,
        FolderType => FileKind.Folder,
        LinkType => FileKind.Link,
        _ => FileKind.Special,
    };

    private static Account? ReadAccount(Func<IntPtr, int, Entry?> read) => Ask(() =>
    {
        var buffer = Marshal.AllocHGlobal(MostBytes);
        try
        {
            if (read(buffer, MostBytes) is not { } entry || entry.Name == IntPtr.Zero) return null;
            return new Account(
                Marshal.PtrToStringUTF8(entry.Name)!, entry.UserId, entry.GroupId, Marshal.PtrToStringUTF8(entry.Home) ?? "");
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
    private static partial int FStat(SafeFileHandle file, out FileStatus status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetPwUidR")]
    private static partial int GetPwUidR(uint userId, out Entry entry, IntPtr buffer, int length);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetPwNamR", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetPwNamR(
        string name, out Entry entry, IntPtr buffer, int length);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetGroupList", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetGroupList(
        string name, uint groupId, [In, Out] uint[] groups, ref int count);

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

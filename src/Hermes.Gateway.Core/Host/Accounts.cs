using System.Runtime.InteropServices;

namespace Hermes.Gateway.Core.Host;

/// <summary>Looks up accounts and groups in the databases of the machine (getpwnam_r(3) and its relatives), because the BCL has no
/// call for it.</summary>
internal static partial class Accounts
{
    // Room for the texts of one entry. A longer entry gives ERANGE, which counts as unknown.
    private const int EntryBytes = 64 << 10;

    // limits.h: NGROUPS_MAX, the most groups that Linux allows an account to have; macOS allows fewer.
    private const int MostGroups = 1 << 16;

    // EINTR, the same on Linux and macOS.
    private const int Interrupted = 4;

    // getgrouplist(3) is not thread-safe on macOS.
    private static readonly Lock GroupList = new();

    internal enum Lookup
    {
        Found,
        NoEntry,
        Failed,
    }

    /// <summary>Finds an account by its user id; null when no account has it or the database cannot be read.</summary>
    public static Account? Find(uint userId) =>
        Read((buffer, out entry, out found) => getpwuid_r(userId, out entry, buffer, EntryBytes, out found), out var account) == Lookup.Found
            ? account
            : null;

    /// <summary>Finds an account by its name; null when no account has it or the database cannot be read.</summary>
    public static Account? Find(string name) => Read(name, out var account) == Lookup.Found ? account : null;

    /// <summary>Whether there is an account of this name; null when the database cannot be read.</summary>
    public static bool? Exists(string name) => Read(name, out _) switch
    {
        Lookup.Found => true,
        Lookup.NoEntry => false,
        _ => null,
    };

    /// <summary>The groups of an account, its primary one among them; null when they cannot be read.</summary>
    public static IReadOnlySet<uint>? GroupsOf(Account account)
    {
        var groups = new uint[MostGroups];
        int result, count;
        lock (GroupList)
        {
            do
            {
                count = groups.Length;
                result = getgrouplist(account.Name, account.GroupId, groups, ref count);
            }
            while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        }

        return result >= 0 ? groups.Take(count).ToHashSet() : null;
    }

    /// <summary>The name of a group; its number when it has none, or the database cannot be read.</summary>
    public static string GroupName(uint groupId) => ReadGroup(groupId, entry => Marshal.PtrToStringUTF8(entry.Name)) ?? $"{groupId}";

    /// <summary>The names in the entry of a group, without the accounts whose primary group it is; empty when there is no entry,
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

    /// <summary>Asks a database for an account. Returns 0 or an error number, as getpwnam_r(3) does.</summary>
    internal delegate int Query(IntPtr buffer, out AccountEntry entry, out IntPtr found);

    private static Lookup Read(string name, out Account? account) =>
        Read((buffer, out entry, out found) => getpwnam_r(name, out entry, buffer, EntryBytes, out found), out account);

    /// <summary>Asks until the question was not interrupted by a signal.</summary>
    internal static Lookup Read(Query query, out Account? account)
    {
        account = null;
        var buffer = Marshal.AllocHGlobal(EntryBytes);
        try
        {
            int error;
            AccountEntry entry;
            IntPtr found;
            do error = query(buffer, out entry, out found);
            while (error == Interrupted);
            if (error != 0) return Lookup.Failed;
            if (found == IntPtr.Zero) return Lookup.NoEntry;
            account = new Account(Text(entry.Name), entry.UserId, entry.GroupId, Text(entry.Home)) { Shell = Text(entry.Shell) };
            return Lookup.Found;
        }
        finally
        {
            Marshal.FreeHGlobal(buffer);
        }
    }

    private static T? ReadGroup<T>(uint groupId, Func<GroupEntry, T?> read, Action? missing = null) where T : class
    {
        var buffer = Marshal.AllocHGlobal(EntryBytes);
        try
        {
            int error;
            GroupEntry entry;
            IntPtr found;
            do error = getgrgid_r(groupId, out entry, buffer, EntryBytes, out found);
            while (error == Interrupted);
            if (error != 0) return null;
            if (found != IntPtr.Zero) return read(entry);
            missing?.Invoke();
            return null;
        }
        finally
        {
            Marshal.FreeHGlobal(buffer);
        }
    }

    private static string Text(IntPtr text) => Marshal.PtrToStringUTF8(text) ?? "";

    [LibraryImport("libc")]
    private static partial int getpwuid_r(uint userId, out AccountEntry entry, IntPtr buffer, nint length, out IntPtr found);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int getpwnam_r(string name, out AccountEntry entry, IntPtr buffer, nint length, out IntPtr found);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int getgrouplist(string name, uint groupId, [In, Out] uint[] groups, ref int count);

    [LibraryImport("libc")]
    private static partial int getgrgid_r(uint groupId, out GroupEntry entry, IntPtr buffer, nint length, out IntPtr found);

    /// <summary>struct group (grp.h), the same on Linux and macOS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct GroupEntry
    {
        public IntPtr Name;
        public IntPtr Password;
        public uint GroupId;
        public IntPtr Members;
    }

    /// <summary>struct passwd (pwd.h). Behind the group id there are pw_gecos, pw_dir and pw_shell on Linux; on macOS pw_change,
    /// pw_class, pw_gecos, pw_dir, pw_shell and pw_expire.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct AccountEntry
    {
        public IntPtr Name;
        public IntPtr Password;
        public uint UserId;
        public uint GroupId;
        private IntPtr _pointer0;
        private IntPtr _pointer1;
        private IntPtr _pointer2;
        private IntPtr _pointer3;
        private IntPtr _pointer4;
        private IntPtr _pointer5;

        public readonly IntPtr Home => OperatingSystem.IsMacOS() ? _pointer3 : _pointer1;

        public readonly IntPtr Shell => OperatingSystem.IsMacOS() ? _pointer4 : _pointer2;
    }
}

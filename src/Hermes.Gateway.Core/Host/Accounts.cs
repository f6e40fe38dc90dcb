using System.Runtime.InteropServices;

namespace Hermes.Gateway.Core.Host;

/// <summary>An entry of the account database, with the id of the primary group, and the login shell (empty: none).</summary>
internal sealed record Account(string Name, uint UserId, uint GroupId, string Home, string Shell = "");

/// <summary>Looks up accounts and groups in the machine's databases (getpwnam_r(3) and others), which the BCL cannot.</summary>
internal static partial class Accounts
{
    // Room for the texts of one entry. A longer entry gives ERANGE, which counts as unknown.
    private const int EntryBytes = 64 << 10;

    // limits.h: NGROUPS_MAX, the most groups that Linux allows an account to have; macOS allows fewer.
    private const int MostGroups = 1 << 16;

    // EINTR, the same on Linux and macOS.
    private const int Interrupted = 4;

    // getgrouplist(3) is not thread-safe on macOS.
    private static readonly Lock GroupListLock = new();

    /// <summary>Finds an account by its user id; null when there is none or the database cannot be read.</summary>
    public static Account? Find(uint userId) =>
        Read((buffer, out entry, out found) => getpwuid_r(userId, out entry, buffer, EntryBytes, out found)).Account;

    /// <summary>Finds an account by its name; null when there is none or the database cannot be read.</summary>
    public static Account? Find(string name) => Read(name).Account;

    /// <summary>Finds the account that a name or a user id in digits means; null when there is no entry for it. The id is null when
    /// neither an entry nor the digits give one.</summary>
    public static (Account? Entry, uint? UserId) Resolve(string user)
    {
        var number = Number(user);
        var entry = Find(user) ?? (number is { } userId ? Find(userId) : null);
        return (entry, entry?.UserId ?? number);
    }

    /// <summary>Determines whether there is an account of this name; null when the database cannot be read.</summary>
    public static bool? Exists(string name) => Read(name).Exists;

    /// <summary>Returns the ids of an account's groups, with its primary one; null when they cannot be read.</summary>
    public static IReadOnlySet<uint>? GroupsOf(Account account)
    {
        var groups = new uint[MostGroups];
        int result, count;
        lock (GroupListLock)
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

    /// <summary>Returns the name of a group; its number when it has none, or the database cannot be read.</summary>
    public static string GroupName(uint groupId) => ReadGroup(groupId).Name ?? $"{groupId}";

    /// <summary>Determines whether every member of a group is known and meets a condition. Named members come from the group
    /// database, accounts with this primary group from <c>/etc/passwd</c>; accounts of a directory service are not listed. Always
    /// false on macOS, which keeps its accounts elsewhere.</summary>
    public static bool AreAllMembers(uint groupId, Func<uint, bool> condition)
    {
        if (OperatingSystem.IsMacOS() || ReadGroup(groupId) is not { Exists: not null, Members: var members }) return false;
        return FileErrors.Ignore(fallback: false, () =>
            members.All(name => Find(name) is { } account && condition(account.UserId))
            // passwd(5): name:password:UID:GID:…
            && File.ReadLines("/etc/passwd").Select(line => line.Split(':'))
                .Where(fields => fields.Length > 3 && Number(fields[3]) == groupId)
                .All(fields => Number(fields[2]) is { } userId && condition(userId)));
    }

    /// <summary>Queries a database for an account. Returns 0 or an error number, as getpwnam_r(3) does.</summary>
    internal delegate int Query<TEntry>(IntPtr buffer, out TEntry entry, out IntPtr found);

    /// <summary>Reads an account; repeats the query when a signal interrupts it. <c>Exists</c> is null when it fails.</summary>
    internal static (bool? Exists, Account? Account) Read(Query<AccountEntry> query)
    {
        Account? account = null;
        var exists = Read(query, entry =>
            account = new Account(Text(entry.Name), entry.UserId, entry.GroupId, Text(entry.Home), Text(entry.Shell)));
        return (exists, account);
    }

    private static (bool? Exists, Account? Account) Read(string name) =>
        Read((buffer, out entry, out found) => getpwnam_r(name, out entry, buffer, EntryBytes, out found));

    private static (bool? Exists, string? Name, List<string> Members) ReadGroup(uint groupId)
    {
        string? name = null;
        var members = new List<string>();
        var exists = Read<GroupEntry>(
            (buffer, out entry, out found) => getgrgid_r(groupId, out entry, buffer, EntryBytes, out found),
            entry =>
            {
                name = Marshal.PtrToStringUTF8(entry.Name);
                // A null-terminated array of pointers, which itself can be null.
                for (var at = entry.Members; at != IntPtr.Zero && Marshal.ReadIntPtr(at) != IntPtr.Zero; at += IntPtr.Size)
                    members.Add(Text(Marshal.ReadIntPtr(at)));
            });
        return (exists, name, members);
    }

    // The texts of an entry are in the buffer, so they are read before it is freed.
    private static bool? Read<TEntry>(Query<TEntry> query, Action<TEntry> readEntry)
    {
        var buffer = Marshal.AllocHGlobal(EntryBytes);
        try
        {
            int error;
            TEntry entry;
            IntPtr found;
            do error = query(buffer, out entry, out found);
            while (error == Interrupted);
            if (error != 0) return null;
            if (found == IntPtr.Zero) return false;
            readEntry(entry);
            return true;
        }
        finally
        {
            Marshal.FreeHGlobal(buffer);
        }
    }

    private static string Text(IntPtr text) => Marshal.PtrToStringUTF8(text) ?? "";

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [LibraryImport("libc")]
    private static partial int getpwuid_r(uint userId, out AccountEntry entry, IntPtr buffer, nint length, out IntPtr found);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int getpwnam_r(string name, out AccountEntry entry, IntPtr buffer, nint length, out IntPtr found);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int getgrouplist(string name, uint groupId, [In, Out] uint[] groups, ref int count);

    [LibraryImport("libc")]
    private static partial int getgrgid_r(uint groupId, out GroupEntry entry, IntPtr buffer, nint length, out IntPtr found);

    // struct group (grp.h), the same on Linux and macOS.
    [StructLayout(LayoutKind.Sequential)]
    private struct GroupEntry
    {
        public IntPtr Name;
        public IntPtr Password;
        public uint GroupId;
        public IntPtr Members;
    }

    /// <summary>struct passwd (pwd.h). The group id is followed by pw_gecos, pw_dir and pw_shell on Linux; on macOS by pw_change,
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

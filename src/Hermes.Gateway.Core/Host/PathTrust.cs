using System.Collections.Concurrent;

namespace Hermes.Gateway.Core.Host;

/// <summary>A part of a path, after following the links before it, that an account outside a trusted set could change. The reason
/// is as in "it belongs to alice"; <paramref name="IsOwner"/> is true when it is the owner, and not the mode.</summary>
internal sealed record UntrustedPart(string Path, FileType Type, FileRights Rights, string Reason, bool IsOwner = false)
{
    /// <summary>Whether its mode allows its group or everyone to write to it.</summary>
    public bool IsWritableByOthers => (Rights.Mode & (PathTrust.GroupWrite | PathTrust.OtherWrite)) != 0;

    /// <summary>Formats as "/srv (mode 0777, owner alice) is not trusted: everyone can write to it".</summary>
    public override string ToString() => $"{Path} ({Rights}) is not trusted: {Reason}";
}

/// <summary>Determines from owners and modes whether accounts outside a trusted set could replace what a path leads to.</summary>
/// <remarks>Reads only, and reports a part only on evidence: parts that cannot be examined are not reported. Access control
/// lists count on Linux, where the group's bits of a mode are the mask of the list; those of macOS are not read.</remarks>
internal static class PathTrust
{
    private const int Sticky = 0x200; // 01000

    internal const int GroupWrite = 0x10; // 0020
    internal const int OtherWrite = 0x2; // 0002

    /// <summary>The accounts that can do everything this process can: root and its own.</summary>
    public static IReadOnlySet<uint> RootAndCaller { get; } = new HashSet<uint> { 0, NativeMethods.EffectiveUserId };

    /// <summary>Finds the first part of a path, from the root folder on, that an account outside of
    /// <paramref name="trusted"/> could change: a folder in which it could exchange the next part, a symbolic link that
    /// belongs to it, or the file or folder at the end.</summary>
    /// <param name="path">An absolute path. Where nothing exists, the folder in which it could be created counts, except one
    /// with the sticky bit: what is created there belongs to its creator, and has to be checked then.</param>
    /// <param name="trusted">User ids; root (0) is always trusted.</param>
    public static UntrustedPart? FindUntrusted(string path, IReadOnlySet<uint> trusted)
    {
        var end = "/";
        foreach (var lookup in RealPath.Resolve(path))
        {
            end = lookup.Path;
            // These two names always lead to the same folders.
            if (lookup.Name is "." or "..") continue;
            if (Check(lookup.Folder, trusted) is { } folder) return folder;
            if (FileEntry.EntryOf(lookup.Path) is not var (type, rights)) return null;
            // A folder is checked with the name after it.
            if (!lookup.IsFollowed && type != FileType.SymbolicLink) continue;
            // The mode of a link has no effect; its owner can replace it in a sticky folder. The entry may be another one than the
            // link that was followed.
            if (!IsTrusted(rights.UserId, trusted)) return Owned(lookup.Path, type, rights);
            if (!lookup.IsFollowed) return null;
        }

        return Check(end, trusted);
    }

    /// <summary>Checks one entry, not the folders above it and not the target of a link; null when it is trusted.</summary>
    public static UntrustedPart? Check(string path, IReadOnlySet<uint> trusted)
    {
        if (FileEntry.EntryOf(path) is not var (type, rights)) return null;
        // The mode of a link has no effect, and writing to a device such as /dev/null does not change its entry. In a sticky
        // folder only an entry's owner (checked with the next part), the folder's and root can rename or delete it (unlink(2)).
        var isModeHarmless = type is FileType.SymbolicLink or FileType.CharacterDevice
            || (type == FileType.Folder && (rights.Mode & Sticky) != 0);
        return isModeHarmless && IsTrusted(rights.UserId, trusted) ? null : Check(path, type, rights, trusted);
    }

    /// <summary>Checks an open file by its type and rights; null when it is trusted.</summary>
    public static UntrustedPart? Check(string path, FileType type, FileRights rights, IReadOnlySet<uint> trusted)
    {
        if (!IsTrusted(rights.UserId, trusted)) return Owned(path, type, rights);
        if ((rights.Mode & OtherWrite) != 0) return new UntrustedPart(path, type, rights, "everyone can write to it");
        if ((rights.Mode & GroupWrite) == 0) return null;
        if (!OperatingSystem.IsMacOS() && FileEntry.HasAccessList(path))
            return new UntrustedPart(path, type, rights, "its access control list lets others write to it");
        return rights.GroupId == 0 || IsPrivateGroup(rights.GroupId, trusted)
            ? null
            : new UntrustedPart(path, type, rights, $"the group {Accounts.GroupName(rights.GroupId)} can write to it");
    }

    private static UntrustedPart Owned(string path, FileType type, FileRights rights) => new(
        path, type, rights, $"it belongs to {Accounts.Find(rights.UserId)?.Name ?? $"user id {rights.UserId}"}", IsOwner: true);

    // A private group has its account's name, as distributions with user private groups make it. Membership alone is not enough:
    // directory accounts with this primary group may be unlisted.
    private static bool IsPrivateGroup(uint groupId, IReadOnlySet<uint> trusted) =>
        Accounts.GroupName(groupId) is var name
        && trusted.Any(id => Accounts.Find(id)?.Name == name)
        && Accounts.AreAllMembers(groupId, id => IsTrusted(id, trusted));

    private static bool IsTrusted(uint userId, IReadOnlySet<uint> trusted) =>
        userId == 0 || trusted.Contains(userId) || IsOutsideUserNamespace(userId);

    // In a user namespace that maps only some accounts, as a container of an ordinary user has, every file of an account outside
    // of it, such as the machine's root, shows the overflow id (user_namespaces(7)).
    private static bool IsOutsideUserNamespace(uint userId)
    {
        const string map = "/proc/self/uid_map";
        return FileErrors.Ignore(fallback: false, () =>
            File.Exists(map)
            && File.ReadAllText("/proc/sys/kernel/overflowuid").Trim() == userId.ToString(CultureInfo.InvariantCulture)
            && !File.ReadLines(map).Any(IsMapped));

        // A line of uid_map: first id inside, first id outside, count (user_namespaces(7)).
        bool IsMapped(string line) =>
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var first, _, var count]
            && uint.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && uint.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && userId >= from && userId - from < length;
    }
}

/// <summary>Remembers during one operation which folders are trusted, because many services have their files in few folders and
/// each part of a path costs a system call.</summary>
internal sealed class TrustedFolders
{
    private readonly ConcurrentDictionary<string, UntrustedPart?> _results = new(StringComparer.Ordinal);

    /// <summary>Returns what <see cref="PathTrust.FindUntrusted"/> finds if only root and <paramref name="account"/> are trusted, and
    /// checks each folder once.</summary>
    public UntrustedPart? FindUntrusted(string path, uint? account)
    {
        HashSet<uint> trusted = [0, account ?? 0];
        if (Path.GetDirectoryName(path) is not { } folder || FileEntry.EntryOf(path) is null or { Type: FileType.SymbolicLink })
            return PathTrust.FindUntrusted(path, trusted);
        var key = account?.ToString(CultureInfo.InvariantCulture) + folder;
        return _results.GetOrAdd(key, _ => PathTrust.FindUntrusted(folder, trusted)) ?? PathTrust.Check(path, trusted);
    }
}

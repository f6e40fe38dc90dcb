namespace Hermes.Gateway.Core.Host;

/// <summary>A part of a path that an account outside a trusted set could change.</summary>
/// <param name="Path">The file, folder or symbolic link, with the links in front of it followed.</param>
/// <param name="Type">What it is.</param>
/// <param name="Rights">Its own mode, owner and group.</param>
/// <param name="Reason">Why it could be changed, as in "it belongs to alice".</param>
internal sealed record UntrustedPart(string Path, FileType Type, FileRights Rights, string Reason)
{
    /// <summary>Whether an owner outside the set is the reason, and not the mode.</summary>
    public required bool IsOwner { get; init; }

    /// <summary>Whether its mode lets its group or everyone write to it.</summary>
    public bool IsWritableByOthers => (Rights.Mode & (PathTrust.GroupWrite | PathTrust.OtherWrite)) != 0;

    /// <summary>As "/srv (mode 0777, owner alice) is not trusted: everyone can write to it".</summary>
    public override string ToString() => $"{Path} ({Rights}) is not trusted: {Reason}";
}

/// <summary>Finds out from owners and modes whether accounts outside a trusted set could replace what a path leads to.
/// </summary>
/// <remarks>Reads only, and reports a problem only on evidence: what cannot be looked at is not reported. Access control
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
    /// belongs to it, or the file or folder at the end. Links are followed as the kernel does (path_resolution(7)).</summary>
    /// <param name="path">An absolute path. Where nothing exists, the folder in which it could be created counts, except one
    /// with the sticky bit: what is created there belongs to its creator, and has to be checked then.</param>
    /// <param name="trusted">User ids; root (0) is always trusted.</param>
    /// <returns>The part; null when none is known.</returns>
    public static UntrustedPart? FindUntrusted(string path, IReadOnlySet<uint> trusted)
    {
        var links = 0;
        var rest = new Stack<string>(RealPath.Parts(path));
        var at = "/";
        while (rest.TryPop(out var part))
        {
            if (part == ".") continue;
            if (part == "..")
            {
                at = Path.GetDirectoryName(at) ?? "/";
                continue;
            }

            var next = Path.Combine(at, part);
            if (Check(at, trusted) is { } folder) return folder;
            if (FileEntry.EntryOf(next) is not var (type, rights)) return null;
            if (type != FileType.SymbolicLink)
            {
                at = next;
                continue;
            }

            // The mode of a link has no effect; its owner can replace it in a sticky folder.
            if (!IsTrusted(rights.UserId, trusted)) return Owned(next, type, rights);
            if (RealPath.LinkTarget(next) is not { } target || ++links > RealPath.MostLinks) return null;
            if (target.StartsWith('/')) at = "/";
            foreach (var piece in RealPath.Parts(target)) rest.Push(piece);
        }

        return Check(at, trusted);
    }

    /// <summary>What is wrong with one entry alone, without those above it and, for a link, without its target; null when nothing
    /// is known to be.</summary>
    public static UntrustedPart? Check(string path, IReadOnlySet<uint> trusted)
    {
        if (FileEntry.EntryOf(path) is not var (type, rights)) return null;
        if (!IsTrusted(rights.UserId, trusted)) return Owned(path, type, rights);
        return type switch
        {
            FileType.SymbolicLink => null,
            // Writing to /dev/null changes nothing of it.
            FileType.CharacterDevice => null,
            // Only the owner of an entry, that of the folder, and root can rename or delete it there (unlink(2)). The owner of
            // the entry is checked with the next part.
            FileType.Folder when (rights.Mode & Sticky) != 0 => null,
            _ => CheckMode(path, type, rights, trusted),
        };
    }

    /// <summary>What is wrong with an open file; null when nothing is known to be.</summary>
    public static UntrustedPart? Check(string path, FileType type, FileRights rights, IReadOnlySet<uint> trusted) =>
        IsTrusted(rights.UserId, trusted) ? CheckMode(path, type, rights, trusted) : Owned(path, type, rights);

    private static UntrustedPart? CheckMode(string path, FileType type, FileRights rights, IReadOnlySet<uint> trusted)
    {
        if ((rights.Mode & OtherWrite) != 0)
            return new UntrustedPart(path, type, rights, "everyone can write to it") { IsOwner = false };
        if ((rights.Mode & GroupWrite) == 0) return null;
        if (!OperatingSystem.IsMacOS() && AccessList.MayBeOn(path))
            return new UntrustedPart(path, type, rights, "its access control list lets others write to it") { IsOwner = false };
        return rights.GroupId == 0 || IsPrivateGroup(rights.GroupId, trusted)
            ? null
            : new UntrustedPart(path, type, rights, $"the group {Accounts.GroupName(rights.GroupId)} can write to it")
            {
                IsOwner = false,
            };
    }

    private static UntrustedPart Owned(string path, FileType type, FileRights rights) =>
        new(path, type, rights, $"it belongs to {Accounts.Find(rights.UserId)?.Name ?? $"user id {rights.UserId}"}")
        {
            IsOwner = true,
        };

    // A private group has its account's name, as distributions with user private groups make it. Membership alone is not enough:
    // directory accounts with this primary group may be unlisted.
    private static bool IsPrivateGroup(uint groupId, IReadOnlySet<uint> trusted) =>
        Accounts.GroupName(groupId) is var name
        && trusted.Any(id => Accounts.Find(id)?.Name == name)
        && GroupMembers.AreAll(groupId, id => IsTrusted(id, trusted));

    private static bool IsTrusted(uint userId, IReadOnlySet<uint> trusted) =>
        userId == 0 || trusted.Contains(userId) || UserNamespace.IsOutside(userId);
}

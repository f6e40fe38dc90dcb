namespace Hermes.Gateway.Core.Host;

/// <summary>The first part of a path that an account which is not trusted could change.</summary>
/// <param name="Path">The file, folder or link, without links above it.</param>
/// <param name="Rights">Its mode and owners; of a link, those of the link itself.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Reason">Why it is not trusted, as the end of a sentence that begins with the path.</param>
internal sealed record UntrustedPart(string Path, FileRights Rights, FileKind Kind, string Reason)
{
    /// <summary>Whether its owner is the reason; otherwise its mode is.</summary>
    public bool IsOwnerUntrusted { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Path} ({Rights}) {Reason}";
}

/// <summary>
/// Finds out who could replace a file or a folder: whoever owns, or may write to, any folder on the way to it. Each part of
/// the path is looked at as the kernel resolves it (path_resolution(7)), links with their own owners.
/// </summary>
/// <remarks>
/// Folders with the sticky bit (<c>/tmp</c>) may be writable to all: there, only its owner can replace an entry. A group may
/// have the right to write when it is root's, or when it is the owner's private group (same name, no other member), as
/// distributions with user private groups set up accounts. Access lists of macOS are not visible in a mode and are not
/// judged; POSIX lists are, because their mask is the mode's group part.
/// </remarks>
internal static class PathTrust
{
    private const int Sticky = 0x200;
    private const int GroupWrite = 0x10;
    private const int OtherWrite = 0x2;

    /// <summary>The accounts that may do everything this process may: root and its own.</summary>
    public static IReadOnlySet<uint> RootAndCaller { get; } = new HashSet<uint> { 0, NativeMethods.EffectiveUserId };

    /// <summary>The first part of <paramref name="path"/>, from the root on, that an account outside of
    /// <paramref name="trusted"/> could change; null when there is none. Parts that do not exist, or cannot be looked at, end
    /// the search.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="trusted">User ids.</param>
    public static UntrustedPart? FindUntrusted(string path, IReadOnlySet<uint> trusted)
    {
        var links = 0;
        var rest = new Stack<string>(RealPath.Parts(path));
        var at = "/";
        if (Judge(at, trusted, out _) is { } root) return root;
        while (rest.TryPop(out var part))
        {
            if (part == ".") continue;
            if (part == "..")
            {
                at = Path.GetDirectoryName(at) ?? "/";
                continue;
            }

            var next = Path.Combine(at, part);
            if (Judge(next, trusted, out var kind) is { } untrusted) return untrusted;
            if (kind is null) return null;
            if (kind == FileKind.Link)
            {
                if (++links > RealPath.MostLinks || RealPath.LinkTarget(next) is not { } target) return null;
                if (target.StartsWith('/')) at = "/";
                foreach (var piece in RealPath.Parts(target)) rest.Push(piece);
            }
            else
            {
                at = next;
            }
        }

        return null;
    }

    /// <summary>Whether an account that is not trusted may write to a file or a folder of these rights.</summary>
    public static bool IsWritableByOthers(FileRights rights, string path) =>
        (rights.Mode & OtherWrite) != 0
        || ((rights.Mode & GroupWrite) != 0 && !(IsPrivateGroup(rights) && !AccessList.MayBeOn(path)));

    /// <summary>Likewise of what stands at <paramref name="path"/> alone: neither the folders above it nor what a link leads to.
    /// </summary>
    public static UntrustedPart? Judge(string path, IReadOnlySet<uint> trusted) => Judge(path, trusted, out _);

    private static UntrustedPart? Judge(string path, IReadOnlySet<uint> trusted, out FileKind? kind)
    {
        kind = null;
        if (RuntimeNative.LinkRightsOf(path) is not { } found) return null;
        (kind, var rights) = (found.Kind, found.Rights);
        if (!trusted.Contains(rights.UserId) && !UserNamespace.IsOutside(rights.UserId))
            return new UntrustedPart(path, rights, found.Kind, "belongs to another account") { IsOwnerUntrusted = true };
        // A link's own mode means nothing.
        if (found.Kind == FileKind.Link) return null;
        if (found.Kind == FileKind.Folder && (rights.Mode & Sticky) != 0) return null;
        return IsWritableByOthers(rights, path)
            ? new UntrustedPart(path, rights, found.Kind, "can be written to by others")
            : null;
    }

    private static bool IsPrivateGroup(FileRights rights) =>
        rights.GroupId == 0
        || (RuntimeNative.AccountOf(rights.UserId) is { } owner
            && NativeMethods.GroupOf(rights.GroupId) is { } group
            && group.Name == owner.Name
            && group.Members.All(member => member == owner.Name));
}

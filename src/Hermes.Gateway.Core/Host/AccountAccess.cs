namespace Hermes.Gateway.Core.Host;

/// <summary>What keeps an account from a file: the first thing on the way that it has no right to.</summary>
/// <param name="Path">The file or folder, without links.</param>
/// <param name="Rights">Its mode and owner.</param>
/// <param name="Denied">What the account may not do there, as in "cannot be …".</param>
internal sealed record AccessObstacle(string Path, FileRights Rights, string Denied);

/// <summary>Whether an account other than root may get at a path, from the modes and owners of everything on the way.
/// Null is "nothing is known to be in the way": what cannot be looked at, or has an access list, is not held against the
/// account.</summary>
internal sealed class AccountAccess(Account account, IReadOnlySet<uint> groups)
{
    private const int Read = 4;
    private const int Execute = 1;

    /// <summary>What keeps it from executing a program; a script is read by its interpreter too.</summary>
    public AccessObstacle? ToExecute(string path) =>
        Find(path, Execute, "executed") ?? (IsScript(path) ? ToRead(path) : null);

    /// <summary>What keeps it from working in a folder.</summary>
    public AccessObstacle? ToEnter(string path) => Find(path, Execute, "entered");

    /// <summary>What keeps it from reading a file.</summary>
    public AccessObstacle? ToRead(string path) => Find(path, Read, "read");

    // The way that the kernel takes (path_resolution(7)): every folder in which a name is looked up must be enterable,
    // that of a link and those on the way to what it leads to.
    private AccessObstacle? Find(string path, int right, string denied)
    {
        var links = 0;
        var rest = new Stack<string>(RealPath.Parts(path));
        var at = "/";
        while (rest.TryPop(out var part))
        {
            if (Check(at, Execute, "entered") is { } obstacle) return obstacle;
            if (part == ".") continue;
            var next = part == ".." ? Path.GetDirectoryName(at) ?? "/" : Path.Combine(at, part);
            if (RealPath.LinkTarget(next) is { } target)
            {
                if (++links > RealPath.MostLinks) return null;
                if (target.StartsWith('/')) at = "/";
                foreach (var piece in RealPath.Parts(target)) rest.Push(piece);
            }
            else
            {
                at = next;
            }
        }

        return Check(at, right, denied);
    }

    private AccessObstacle? Check(string path, int right, string denied)
    {
        if (FileEntry.RightsOf(path) is not { } rights) return null;
        var isOwner = rights.UserId == account.UserId;
        // Only one of the three counts: an owner who has no right has none as a member of the group either.
        var shift = isOwner ? 6 : groups.Contains(rights.GroupId) ? 3 : 0;
        if ((rights.Mode >> shift & right) == right) return null;
        return !isOwner && AccessList.MayBeOn(path) ? null : new AccessObstacle(path, rights, denied);
    }

    private static bool IsScript(string path)
    {
        // A pipe would be waited for.
        if (FileEntry.IsRegularFile(path) != true) return false;
        try
        {
            using var file = File.OpenRead(path);
            return file.ReadByte() == '#' && file.ReadByte() == '!';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

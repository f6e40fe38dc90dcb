using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Storage;

/// <summary>A file or folder of this project's own state, or a folder above it, that another account could change, or that is not
/// of the expected type: nothing is read from it or written to it.</summary>
/// <param name="path">The untrusted file or folder.</param>
/// <param name="reason">The reason with path, mode and owner, as a sentence without its end.</param>
/// <param name="repair">The command that repairs it without destroying anything; to be run as its owner, or as root.</param>
internal sealed class UntrustedPathException(string path, string reason, string repair) : IOException(reason)
{
    public string Path { get; } = path;

    public string Repair { get; } = repair;
}

/// <summary>A folder whose too open mode was repaired: the modes, and whether others could have changed its content.</summary>
internal sealed record FolderRepair(string Path, int Before, int After, bool WasWritable)
{
    public override string ToString() => $"{Path} (mode {FileRights.Octal(Before)}, now {FileRights.Octal(After)})";
}

/// <summary>Creates the folders that this project writes to, with explicit modes whatever the umask, and refuses a folder that
/// another account could change, or whose place it could change. Repairs modes that an earlier version left too open.</summary>
/// <param name="home">The caller's home folder: below it, the caller's folders that everyone can write to are repaired.</param>
internal sealed class StateFolders(string home)
{
    /// <summary>0700: only the owner uses the state.</summary>
    public const UnixFileMode Private = AtomicFile.Private | UnixFileMode.UserExecute;

    /// <summary>0755: the service manager and other accounts read definitions.</summary>
    public const UnixFileMode Public = Private
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode WriteByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // Without the bits for set-user-id, set-group-id and sticky, which a folder may have from the one above it.
    private const int Permissions = 0x1FF;

    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly List<FolderRepair> _repairs = [];

    /// <summary>Returns the repairs since the last call.</summary>
    public IReadOnlyList<FolderRepair> TakeRepairs()
    {
        lock (_made)
        {
            FolderRepair[] repairs = [.. _repairs];
            _repairs.Clear();
            return repairs;
        }
    }

    /// <summary>Creates a folder of our own state, and those from <paramref name="root"/> to it; all get mode 0700.</summary>
    /// <exception cref="UntrustedPathException">Another account could change it.</exception>
    public void MakePrivate(string root, string folder)
    {
        lock (_made)
        {
            if (_made.Contains(folder) && Directory.Exists(folder)) return;
            if (folder != root)
            {
                MakePrivate(root, Path.GetDirectoryName(folder)!);
                Make(folder, Private, enforcesMode: true);
                // The folders above are trusted, so only this entry remains to be checked.
                if (PathTrust.Check(folder, PathTrust.RootAndCaller) is { } other) throw StateExceptionOf(other);
                if (FileEntry.EntryOf(folder) is { Type: FileType.SymbolicLink } link)
                    throw StateExceptionOf(new UntrustedPart(folder, link.Type, link.Rights, "it is a symbolic link, not a folder"));
            }
            else
            {
                MakeParents(root);
                // A link of this account, for example to another disk, is followed: the folder there has to be private. Nothing
                // is changed there before every other part of the path is trusted.
                var real = RealPath.Of(root);
                if (PathTrust.FindUntrusted(root, PathTrust.RootAndCaller) is { } part && (part.Path != real || part.IsOwner))
                    throw ExceptionOf(part);
                Make(real, Private, enforcesMode: true);
                if (FindUntrusted(root) is { } untrusted) throw untrusted;
            }

            _made.Add(folder);
        }
    }

    /// <summary>Creates a folder for definitions or logs, which others may read, with mode 0755. An existing one keeps its mode,
    /// unless it is the caller's own and everyone can write to it.</summary>
    /// <exception cref="UntrustedPathException">Another account could change it.</exception>
    public void MakePublic(string folder)
    {
        lock (_made)
        {
            if (_made.Contains(folder) && Directory.Exists(folder)) return;
            MakeParents(folder);
            Make(folder, Public, enforcesMode: false);
            RepairMode(folder);
            _made.Add(folder);
        }
    }

    /// <summary>Returns the exception that <see cref="MakePublic"/> would throw; null when none. Changes nothing.</summary>
    public UntrustedPathException? FindUnrepairable(string folder) =>
        PathTrust.FindUntrusted(folder, PathTrust.RootAndCaller) is { } part && !CanRepair(part) ? ExceptionOf(part) : null;

    /// <summary>Returns an exception for a path that another account could change; null when none could. Changes nothing.</summary>
    public static UntrustedPathException? FindUntrusted(string path) =>
        PathTrust.FindUntrusted(path, PathTrust.RootAndCaller) is { } part ? ExceptionOf(part) : null;

    /// <summary>Like <see cref="FindUntrusted"/>, but null for a missing folder.</summary>
    public static UntrustedPathException? FindUntrustedState(string root) => Directory.Exists(root) ? FindUntrusted(root) : null;

    private void MakeParents(string folder)
    {
        if (Path.GetDirectoryName(folder) is not { } above) return;
        RepairMode(above);
        if (Directory.Exists(above)) return;
        MakeParents(above);
        Make(above, Public, enforcesMode: false);
    }

    // Each round repairs one part of the path; a file system without modes repairs none.
    private void RepairMode(string path)
    {
        string? last = null;
        while (PathTrust.FindUntrusted(path, PathTrust.RootAndCaller) is { } part)
        {
            if (part.Path == last || !CanRepair(part)) throw ExceptionOf(part);
            last = part.Path;
            Change(part.Path, part.Rights, (UnixFileMode)part.Rights.Mode & ~WriteByOthers, isRepair: true);
        }
    }

    // A umask of 000 creates such folders. No other account needs to write to them.
    private bool CanRepair(UntrustedPart part) =>
        part is { IsOwner: false, Type: FileType.Folder } && part.Rights.UserId == NativeMethods.EffectiveUserId
        && (part.Rights.Mode & PathTrust.OtherWrite) != 0 && IsBelowHome(part.Path);

    private bool IsBelowHome(string path) => RealPath.Of(home) is var real && path != real && RealPath.IsInside(path, real);

    private void Make(string folder, UnixFileMode mode, bool enforcesMode)
    {
        var isNew = FileEntry.EntryOf(folder) is null;
        if (isNew) Directory.CreateDirectory(folder, mode);
        else if (!enforcesMode) return;
        // The umask may have removed rights, and another process may have created the folder.
        if (FileEntry.EntryOf(folder) is { Type: FileType.Folder } found
            && PathTrust.RootAndCaller.Contains(found.Rights.UserId) && (found.Rights.Mode & Permissions) != (int)mode)
            Change(folder, found.Rights, mode, isRepair: !isNew);
    }

    private void Change(string folder, FileRights before, UnixFileMode mode, bool isRepair)
    {
        File.SetUnixFileMode(folder, mode);
        if (isRepair && (before.Mode & Permissions & ~(int)mode) != 0)
            _repairs.Add(new FolderRepair(
                folder, before.Mode, (int)mode, PathTrust.Check(folder, FileType.Folder, before, PathTrust.RootAndCaller) is not null));
    }

    // A folder of another account may be its home, or an administrator's file, so the advice is only to list it.
    private static UntrustedPathException ExceptionOf(UntrustedPart part) => new(
        part.Path, part.ToString(), ShellText.Quote(part.IsOwner ? ["ls", "-ld", part.Path] : ["chmod", "go-w", part.Path]));

    // The advice is to move the folder away, which does no harm, because its content may be of another account too.
    private static UntrustedPathException StateExceptionOf(UntrustedPart part) =>
        new(part.Path, part.ToString(), ShellText.Quote(["mv", part.Path, $"{part.Path}.untrusted"]));
}

using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Storage;

/// <summary>The rights of a folder that were too open and were taken back.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Before">Its mode before.</param>
/// <param name="After">Its mode now.</param>
internal sealed record FolderRepair(string Path, int Before, int After)
{
    /// <summary>Whether others could have changed what is in it.</summary>
    public bool WasWritable { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Path} (mode {Octal(Before)}, now {Octal(After)})";

    private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');
}

/// <summary>
/// Makes the folders that this project writes to, each with an explicit mode whatever the umask, and refuses one that another
/// account could change, or whose place it could change. Rights that an earlier version left too open are taken back.
/// </summary>
/// <param name="home">The caller's home folder: folders of the caller below it that everyone can write to are repaired; all others
/// are refused.</param>
internal sealed class StateFolders(string home)
{
    /// <summary>0700: state is its owner's alone.</summary>
    public const UnixFileMode Private = PrivateFile.Mode | UnixFileMode.UserExecute;

    /// <summary>0755: the service manager, and everybody else, reads definitions.</summary>
    public const UnixFileMode Public = Private
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Written = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int OtherWrite = 0x2;

    // Without the bits for set-user-id, set-group-id and sticky, which a folder may have from the one above it.
    private const int Permissions = 0x1FF;

    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly List<FolderRepair> _repairs = [];

    /// <summary>What was repaired since the last call.</summary>
    public IReadOnlyList<FolderRepair> TakeRepairs()
    {
        lock (_made)
        {
            FolderRepair[] repairs = [.. _repairs];
            _repairs.Clear();
            return repairs;
        }
    }

    /// <summary>Makes a folder of this project's own state, and those above it up to <paramref name="root"/>, with mode 0700;
    /// repairs those that are there with another mode.</summary>
    /// <param name="root">The folder of all state of a scope.</param>
    /// <param name="folder">The same, or a folder in it.</param>
    /// <exception cref="UntrustedPathException">Another account could change it.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public void MakePrivate(string root, string folder)
    {
        lock (_made)
        {
            if (_made.Contains(folder) && Directory.Exists(folder)) return;
            if (folder != root)
            {
                MakePrivate(root, Path.GetDirectoryName(folder)!);
                Make(folder, Private, isOurs: true);
                // Those above are trusted, so only what stands in this place is left to be judged.
                if (PathTrust.Check(folder, PathTrust.RootAndCaller) is { } other) throw RefuseOurs(other);
                if (FileEntry.EntryOf(folder) is { Type: FileType.SymbolicLink } link)
                    throw RefuseOurs(new UntrustedPart(folder, link.Type, link.Rights, "it is a symbolic link, not a folder") { IsOwner = false });
            }
            else
            {
                MakeAbove(root);
                // A link of this account's own, to another disk say, is followed: the folder there has to be private. Nothing is
                // changed there before every part of the way is trusted, except that folder itself.
                var real = RealPath.Of(root);
                if (PathTrust.FindUntrusted(root, PathTrust.RootAndCaller) is { } part && (part.Path != real || part.IsOwner)) throw Refuse(part);
                Make(real, Private, isOurs: true);
                if (RefusalOf(root) is { } refusal) throw refusal;
            }

            _made.Add(folder);
        }
    }

    /// <summary>Makes a folder for definitions or logs, which others may read, with mode 0755. One that is there keeps its mode,
    /// unless all may write to it and it is the caller's own.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="UntrustedPathException">Another account could change it.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public void MakePublic(string folder)
    {
        lock (_made)
        {
            if (_made.Contains(folder) && Directory.Exists(folder)) return;
            MakeAbove(folder);
            Make(folder, Public, isOurs: false);
            TakeBack(folder);
            _made.Add(folder);
        }
    }

    /// <summary>Why <see cref="MakePublic"/> would refuse a folder; changes nothing.</summary>
    public UntrustedPathException? FindRefusal(string folder) =>
        PathTrust.FindUntrusted(folder, PathTrust.RootAndCaller) is { } part && !CanTakeBack(part) ? Refuse(part) : null;

    /// <summary>Returns the refusal of a path that another account could change; null when none can. Changes nothing.</summary>
    public static UntrustedPathException? RefusalOf(string path) =>
        PathTrust.FindUntrusted(path, PathTrust.RootAndCaller) is { } part ? Refuse(part) : null;

    // The folders above have to be there, and trusted, before anything is made in them.
    private void MakeAbove(string folder)
    {
        if (Path.GetDirectoryName(folder) is not { } above) return;
        TakeBack(above);
        if (Directory.Exists(above)) return;
        MakeAbove(above);
        Make(above, Public, isOurs: false);
    }

    // Each round repairs one part of the path; a file system without modes repairs none.
    private void TakeBack(string path)
    {
        string? last = null;
        while (PathTrust.FindUntrusted(path, PathTrust.RootAndCaller) is { } part)
        {
            if (part.Path == last || !CanTakeBack(part)) throw Refuse(part);
            last = part.Path;
            Change(part.Path, part.Rights, (UnixFileMode)part.Rights.Mode & ~Written, isRepair: true);
        }
    }

    // An umask of 000 makes such folders. No other account needs to write to them.
    private bool CanTakeBack(UntrustedPart part) =>
        part is { IsOwner: false, Type: FileType.Folder } && part.Rights.UserId == NativeMethods.EffectiveUserId
        && (part.Rights.Mode & OtherWrite) != 0 && IsBelowHome(part.Path);

    private bool IsBelowHome(string path) => RealPath.Of(home) is var real && path != real && RealPath.IsInside(path, real);

    private void Make(string folder, UnixFileMode mode, bool isOurs)
    {
        var isNew = FileEntry.EntryOf(folder) is null;
        if (isNew) Directory.CreateDirectory(folder, mode);
        else if (!isOurs) return;
        // The umask may have taken bits away, and another process may have been faster.
        if (FileEntry.EntryOf(folder) is { Type: FileType.Folder } found
            && PathTrust.RootAndCaller.Contains(found.Rights.UserId) && (found.Rights.Mode & Permissions) != (int)mode)
            Change(folder, found.Rights, mode, isRepair: !isNew);
    }

    private void Change(string folder, FileRights before, UnixFileMode mode, bool isRepair)
    {
        File.SetUnixFileMode(folder, mode);
        if (isRepair && (before.Mode & Permissions & ~(int)mode) != 0)
            _repairs.Add(new FolderRepair(folder, before.Mode, (int)mode)
            {
                WasWritable = PathTrust.Check(folder, FileType.Folder, before, PathTrust.RootAndCaller) is not null,
            });
    }

    // What belongs to another account may be its home, or an administrator's file: it has to be looked at.
    private static UntrustedPathException Refuse(UntrustedPart part) => new(
        part.Path, part.ToString(), ShellText.Quote(part.IsOwner ? ["ls", "-ld", part.Path] : ["chmod", "go-w", part.Path]));

    // A folder within the state can be missing without harm. Its content may be another account's too, so its owner is not changed.
    private static UntrustedPathException RefuseOurs(UntrustedPart part) =>
        new(part.Path, part.ToString(), ShellText.Quote(["mv", part.Path, $"{part.Path}.untrusted"]));
}

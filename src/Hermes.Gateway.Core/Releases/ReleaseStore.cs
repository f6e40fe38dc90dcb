using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Releases;

/// <summary>Makes and removes releases on disk. The caller holds the lock of the service.</summary>
internal sealed class ReleaseStore(HostContext host, IProcessRunner runner, TimeProvider time)
{
    private const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly StateFolders _folders = new(host.Home);

    /// <summary>Makes the release from its published files: complete under its name, or not at all. Files that the previous release has
    /// too become hard links to it; all are read-only.</summary>
    /// <exception cref="IOException">It could not be made; other releases are unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public void Make(ServiceRelease release, ServiceDefinition definition)
    {
        var content = release.Content ?? throw new ArgumentException("There are no published files.", nameof(release));
        if (content.Files.Any(file => file.Path == ReleaseFolders.ManifestName))
            throw new IOException($"the program has a file {ReleaseFolders.ManifestName} of its own, which is the name of the release's description.");
        _folders.MakePublic(release.Folders.Releases);
        RemoveLitter(release.Folders);

        var staging = release.Folders.NewStaging();
        Directory.CreateDirectory(staging, StateFolders.Private);
        var earlier = FindEarlier(release);
        ManifestFile[] files = BoundedParallel.Select(
            content.Files, BoundedParallel.Files, file => Stage(file, content.Folder, staging, earlier, definition.Scope));
        var manifest = new ReleaseManifest
        {
            Schema = ReleaseManifest.CurrentSchema,
            Service = definition.Name.Value,
            Revision = release.Revision,
            SourceRevision = release.SourceRevision,
            Project = definition.Source,
            Created = time.GetUtcNow(),
            UserId = host.UserId,
            Files = [.. files],
        };
        AtomicFile.Write(Path.Combine(staging, ReleaseFolders.ManifestName), manifest.ToJson(), Read);
        Close(staging);

        // What was damaged is moved away: a folder is never renamed onto another one.
        if (Directory.Exists(release.Folder)) NativeMethods.Rename(release.Folder, release.Folders.NewStaging());
        NativeMethods.Rename(staging, release.Folder);
        NativeMethods.SyncFolder(release.Folders.Releases);
    }

    /// <summary>Records that the release was observed to work, makes it the current one, and removes earlier ones that are not to be kept.
    /// Failures cost disk space, not the service.</summary>
    public void Confirm(ServiceRelease release, bool isVerified)
    {
        FileErrors.Ignore(() =>
        {
            if (release.Folders.ReadCurrent() != release.Revision) SwitchCurrent(release);
        });
        if (isVerified) FileErrors.Ignore(() => MarkVerified(release.Folder));
        FileErrors.Ignore(() =>
        {
            RemoveLitter(release.Folders);
            RemoveOld(release);
        });
    }

    /// <summary>Removes all releases of a service that is no longer installed.</summary>
    public void RemoveAll(ReleaseFolders folders) => FileErrors.Ignore(() =>
    {
        if (!Directory.Exists(folders.Releases) || NewUse().IsUsed(folders.Releases)) return;
        Delete(folders.Releases);
        File.Delete(folders.Current);
        // Not recursive: other files in it are not ours.
        Directory.Delete(folders.Home);
    });

    private static (string Folder, Dictionary<string, ManifestFile> Files)? FindEarlier(ServiceRelease release)
    {
        var names = release.Folders.ReadCurrent() is { } current ? release.Folders.List().OrderByDescending(name => name == current) : release.Folders.List();
        foreach (var folder in names.Where(name => name != release.Revision).Select(release.Folders.Of))
            if (ReleaseManifest.Read(folder) is { } manifest)
                return (folder, manifest.Files.ToDictionary(file => file.Path, StringComparer.Ordinal));
        return null;
    }

    private static ManifestFile Stage(
        ReleaseFile file, string source, string staging, (string Folder, Dictionary<string, ManifestFile> Files)? earlier, ServiceScope scope)
    {
        var target = Path.Combine(staging, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!, StateFolders.Private);
        if (file.LinkTarget is { } link)
        {
            File.CreateSymbolicLink(target, link);
            return new ManifestFile(file.Path, file.Hash, 0, 0, file.IsExecutable, link);
        }

        if (earlier is var (folder, files) && files.GetValueOrDefault(file.Path) is { Link: null } old
            && old.Hash == file.Hash && old.Executable == file.IsExecutable
            && Path.Combine(folder, old.Path) is var path && ReleaseObserver.IsUnchanged(path, old) && NativeMethods.TryLink(path, target))
            return old;

        // Copies times and modes too, and shares the blocks where the file system can.
        File.Copy(Path.Combine(source, file.Path), target);
        if (ReleaseContent.HashOf(target) != file.Hash)
            throw new IOException($"{Path.Combine(source, file.Path)} was changed while it was being copied.");
        var mode = (File.GetUnixFileMode(target) | (scope == ServiceScope.System ? Read : 0)) & Read;
        // What may be read may be executed, by the same accounts.
        if (file.IsExecutable) mode |= (UnixFileMode)((int)mode >> 2);
        File.SetUnixFileMode(target, mode);
        NativeMethods.SyncFolder(target);
        var info = new FileInfo(target);
        return new ManifestFile(file.Path, file.Hash, info.Length, info.LastWriteTimeUtc.Ticks, file.IsExecutable);
    }

    // Makes all folders read-only, and flushes their entries.
    private static void Close(string folder)
    {
        foreach (var inner in new DirectoryInfo(folder).EnumerateDirectories().Where(entry => entry.LinkTarget is null)) Close(inner.FullName);
        File.SetUnixFileMode(folder, Read | Execute);
        NativeMethods.SyncFolder(folder);
    }

    private static void SwitchCurrent(ServiceRelease release)
    {
        var link = Path.Combine(release.Folders.Home, $".current-{Path.GetRandomFileName()}");
        File.CreateSymbolicLink(link, Path.Combine("releases", release.Revision));
        try
        {
            NativeMethods.Rename(link, release.Folders.Current);
        }
        catch (IOException)
        {
            File.Delete(link);
            throw;
        }
    }

    private void MarkVerified(string folder)
    {
        if (ReleaseManifest.Read(folder) is not { Verified: null } manifest) return;
        File.SetUnixFileMode(folder, StateFolders.Public);
        try
        {
            AtomicFile.Write(
                Path.Combine(folder, ReleaseFolders.ManifestName), (manifest with { Verified = time.GetUtcNow() }).ToJson(), Read);
        }
        finally
        {
            File.SetUnixFileMode(folder, Read | Execute);
        }
    }

    private void RemoveOld(ServiceRelease release)
    {
        var others = release.Folders.List().Where(revision => revision != release.Revision).Select(release.Folders.Of)
            .Select(folder => (Folder: folder, ReleaseManifest.Read(folder)?.Verified)).OrderByDescending(old => old.Verified).ToList();
        var removed = others.Where((old, index) => old.Verified is null || index >= release.Kept).Select(old => old.Folder).ToList();
        RemoveUnused(removed);
    }

    private void RemoveLitter(ReleaseFolders folders) => RemoveUnused(folders.ListLitter().ToList());

    private void RemoveUnused(List<string> folders)
    {
        if (folders.Count == 0) return;
        var use = NewUse();
        foreach (var folder in folders.Where(folder => !use.IsUsed(folder))) FileErrors.Ignore(() => Delete(folder));
    }

    private FileUse NewUse() => new(runner);

    private static void Delete(string folder)
    {
        Open(folder);
        Directory.Delete(folder, recursive: true);

        static void Open(string folder)
        {
            File.SetUnixFileMode(folder, StateFolders.Private);
            foreach (var inner in new DirectoryInfo(folder).EnumerateDirectories().Where(entry => entry.LinkTarget is null)) Open(inner.FullName);
        }
    }
}

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

    /// <summary>Makes the release from its published files: complete under its name, or not at all. Files that an earlier release has
    /// too become hard links to it; all are read-only.</summary>
    /// <exception cref="IOException">It could not be made; other releases are unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Make(ServiceRelease release, ServiceDefinition definition, CancellationToken cancellationToken)
    {
        var content = release.Content ?? throw new ArgumentException("There are no published files.", nameof(release));
        if (content.Files.Any(file => file.Path == ReleaseFolders.ManifestName))
            throw new IOException($"the program has a file {ReleaseFolders.ManifestName} of its own, which is the name of the release's description.");
        _folders.MakePublic(release.Folders.Releases);
        FileErrors.Ignore(() => RemoveLitter(release.Folders));

        var staging = release.Folders.NewStaging();
        Directory.CreateDirectory(staging, StateFolders.Private);
        try
        {
            Fill(staging, release, content, definition, cancellationToken);
            Publish(staging, release);
        }
        catch
        {
            // It may have filled the disk.
            FileErrors.Ignore(() => Delete(staging));
            throw;
        }
    }

    /// <summary>Removes a release that was just made and turned out not to be of use.</summary>
    public static void Discard(ServiceRelease release) => FileErrors.Ignore(() => Delete(release.Folder));

    /// <summary>Makes a release the current one: the one that the definition points to. Called before the definition is written, so that an
    /// interrupted operation leaves what it wanted, and at the end. Failures are ignored: the next operation tries again.</summary>
    /// <param name="folders">The folders.</param>
    /// <param name="revision">Its revision; null when the definition points to none.</param>
    public static void SwitchCurrent(ReleaseFolders folders, string? revision) => FileErrors.Ignore(() =>
    {
        if (folders.ReadCurrent() == revision) return;
        if (revision is null)
        {
            File.Delete(folders.Current);
            return;
        }

        var link = folders.NewLink();
        File.CreateSymbolicLink(link, Path.Combine("releases", revision));
        NativeMethods.Rename(link, folders.Current);
    });

    /// <summary>Removes releases that are not to be kept. A failure costs only disk space.</summary>
    /// <returns>The folders that were put aside, because they have files that no deploy wrote.</returns>
    public IReadOnlyList<string> RemoveOld(ServiceRelease release, ServiceDefinition definition) => FileErrors.Ignore<IReadOnlyList<string>>(
        [], () => [.. RemoveLitter(release.Folders), .. RemoveUnneeded(release, definition)]);

    /// <summary>The records of a service's releases.</summary>
    public ReleaseRecords RecordsOf(ServiceDefinition definition) => new(host, definition.Scope, definition.Name);

    /// <summary>Removes the releases of a service that is no longer installed, except those of another project.</summary>
    /// <returns>The folders that are left: put aside because they have files that no deploy wrote, or in use by a process.</returns>
    public IReadOnlyList<string> RemoveAll(ReleaseFolders folders, string project) => FileErrors.Ignore<IReadOnlyList<string>>([], () =>
    {
        var ours = folders.List().Select(folders.Of).Where(folder => IsOf(folder, project)).ToList();
        var aside = RemoveUnused([.. ours, .. folders.ListLitter()]);
        List<string> used = [.. ours.Where(Directory.Exists)];
        if (folders.ReadCurrent() is null) File.Delete(folders.Current);
        // Not recursive: other files are not ours.
        foreach (var folder in (string[])[folders.Releases, folders.Home])
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        return [.. aside, .. used];
    });

    private void Fill(
        string staging, ServiceRelease release, ReleaseContent content, ServiceDefinition definition, CancellationToken cancellationToken)
    {
        var earlier = FindEarlier(release);
        ManifestFile[] files = BoundedParallel.Select(content.Files, BoundedParallel.Files, file =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Stage(file, content.Folder, staging, earlier, definition.Scope);
        });
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
    }

    private static void Publish(string staging, ServiceRelease release)
    {
        var folders = release.Folders;
        // What was damaged is moved away: a folder cannot be renamed onto another one that has files.
        var damaged = Directory.Exists(release.Folder) ? folders.NewReplaced(release.Revision) : null;
        if (damaged is not null) NativeMethods.Rename(release.Folder, damaged);
        try
        {
            NativeMethods.Rename(staging, release.Folder);
        }
        catch (IOException) when (damaged is not null)
        {
            NativeMethods.Rename(damaged, release.Folder);
            throw;
        }

        // The folders above may be new, too.
        foreach (var folder in (string[])[folders.Releases, folders.Home, folders.Root]) NativeMethods.SyncFolder(folder);
    }

    private static EarlierRelease? FindEarlier(ServiceRelease release)
    {
        var current = release.Folders.ReadCurrent();
        foreach (var folder in release.Folders.List().OrderByDescending(name => name == current).Where(name => name != release.Revision).Select(release.Folders.Of))
            if (ReleaseManifest.Read(folder) is { } manifest)
                return new EarlierRelease(folder, manifest.Files.ToDictionary(file => file.Path, StringComparer.Ordinal));
        return null;
    }

    private static ManifestFile Stage(ReleaseFile file, string source, string staging, EarlierRelease? earlier, ServiceScope scope)
    {
        var target = Path.Combine(staging, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!, StateFolders.Private);
        if (file.LinkTarget is { } link)
        {
            File.CreateSymbolicLink(target, link);
            return new ManifestFile(file.Path, file.Hash, 0, 0, file.IsExecutable, link);
        }

        if (earlier?.Files.GetValueOrDefault(file.Path) is { Link: null } old
            && old.Hash == file.Hash && old.Executable == file.IsExecutable
            && Path.Combine(earlier.Folder, old.Path) is var path && ReleaseObserver.IsUnchanged(path, old) && NativeMethods.TryLink(path, target))
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
        foreach (var inner in FoldersIn(folder)) Close(inner);
        File.SetUnixFileMode(folder, Read | Execute);
        NativeMethods.SyncFolder(folder);
    }

    private List<string> RemoveUnneeded(ServiceRelease release, ServiceDefinition definition)
    {
        var (folders, records) = (release.Folders, RecordsOf(definition));
        var others = folders.List().Where(revision => revision != release.Revision && IsOf(folders.Of(revision), definition.Source)).ToList();
        // A record that cannot be read says nothing. Without any, the state folder may be lost, or another one.
        var candidates = others.Exists(records.Has) ? others.FindAll(revision => records.Read(revision) is not { Verified: null } && records.Has(revision)) : others;
        var rank = RankByWayBack(release, records, folders);
        var kept = candidates.OrderBy(revision => rank.IndexOf(revision) is var at and >= 0 ? at : int.MaxValue)
            .ThenByDescending(revision => Directory.GetLastWriteTimeUtc(folders.Of(revision))).Take(release.KeepCount).ToHashSet();
        var removed = others.FindAll(revision => !kept.Contains(revision));
        var aside = RemoveUnused([.. removed.Select(folders.Of)]);
        foreach (var revision in removed.Where(revision => !Directory.Exists(folders.Of(revision)))) records.Delete(revision);
        return aside;
    }

    // Those to which rollbacks would go first, then the others that worked, the last one first.
    private static List<string> RankByWayBack(ServiceRelease release, ReleaseRecords records, ReleaseFolders folders)
    {
        var rank = new List<string>();
        for (var next = records.Read(release.Revision)?.WorkedBefore; next is not null && !rank.Contains(next); next = records.Read(next)?.WorkedBefore)
            rank.Add(next);
        rank.AddRange(records.List(folders).Select(verified => verified.Revision).Where(revision => !rank.Contains(revision)));
        return rank;
    }

    private List<string> RemoveLitter(ReleaseFolders folders)
    {
        foreach (var link in folders.ListAbandonedLinks()) File.Delete(link);
        return RemoveUnused([.. folders.ListLitter()]);
    }

    // Returns the folders that were put aside.
    private List<string> RemoveUnused(List<string> removed)
    {
        var aside = new List<string>();
        if (removed.Count == 0) return aside;
        var use = new FileUse(runner);
        foreach (var folder in removed.Where(folder => !use.IsUsed(folder)))
            FileErrors.Ignore(() =>
            {
                // A program that runs as root can write to its release.
                if (ReleaseFolders.IsStaging(folder) || !ReleaseObserver.HasFilesOfOthers(folder)) Delete(folder);
                else aside.Add(PutAside(folder));
            });
        return aside;
    }

    private string PutAside(string folder)
    {
        var moment = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);
        var target = ReleaseFolders.AsideOf(folder, moment);
        NativeMethods.Rename(folder, target);
        return target;
    }

    // A project that was moved is still the same one; its file is gone from where it was.
    private static bool IsOf(string folder, string project) =>
        ReleaseManifest.Read(folder) is not { Project: var owner } || owner == project || !File.Exists(owner);

    private static void Delete(string folder)
    {
        Open(folder);
        Directory.Delete(folder, recursive: true);

        static void Open(string folder)
        {
            File.SetUnixFileMode(folder, StateFolders.Private);
            foreach (var inner in FoldersIn(folder)) Open(inner);
        }
    }

    private static IEnumerable<string> FoldersIn(string folder) =>
        new DirectoryInfo(folder).EnumerateDirectories().Where(entry => entry.LinkTarget is null).Select(entry => entry.FullName);

    private sealed record EarlierRelease(string Folder, IReadOnlyDictionary<string, ManifestFile> Files);
}

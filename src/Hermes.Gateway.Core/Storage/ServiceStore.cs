using System.Security.Cryptography;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Writes definitions, and stores the state of services beside them: locks, copies of replaced definitions, journal entries
/// and verified starts. All of that state can be deleted without harm to a service.</summary>
internal sealed class ServiceStore(HostContext host, TimeProvider time)
{
    private const int BackupsKept = 10;

    // A journal entry contains a whole definition, in which every character can be escaped.
    private const int MaxJournalEntryBytes = 8 * (int)DefinitionFile.MaxBytes;
    private const int MaxVerifiedStartBytes = 64 << 10;

    // An interrupted operation keeps its earlier definition across later operations, so several hashes are kept.
    private const int HashesKept = 32;
    private const int MaxHashesBytes = 64 << 10;

    private readonly StateFolders _folders = new(host.Home);

    /// <summary>The folder of one service's state.</summary>
    public string FolderOf(ServiceDefinition definition) => FolderOf(definition.Scope, definition.Name);

    /// <summary>The folder of the latest copies of our own definitions; deleted with the service.</summary>
    public string BackupsOf(ServiceDefinition definition) => Path.Combine(FolderOf(definition), "backups");

    /// <summary>The folder of the copies of definitions that others wrote; never deleted.</summary>
    public string OriginalsOf(ServiceDefinition definition) =>
        Path.Combine(host.StateFolder(definition.Scope), ".originals", definition.Name.Value);

    /// <summary>Returns the folders whose modes were repaired since the last call.</summary>
    internal IReadOnlyList<FolderRepair> TakeRepairs() => _folders.TakeRepairs();

    /// <inheritdoc cref="StateFolders.FindUntrustedState"/>
    internal UntrustedPathException? FindUntrustedState(ServiceScope scope) => StateFolders.FindUntrustedState(host.StateFolder(scope));

    /// <summary>Creates the folder of a definition.</summary>
    /// <exception cref="UntrustedPathException">Another account could exchange the definition.</exception>
    internal void MakeDefinitionFolder(string path) => _folders.MakePublic(Path.GetDirectoryName(path)!);

    /// <summary>Writes a definition, after copying the one that it replaces.</summary>
    /// <param name="desired">The service.</param>
    /// <param name="path">The file.</param>
    /// <param name="text">Its new text.</param>
    /// <param name="seen">The file as it was observed.</param>
    /// <param name="isOthers">Whether it is of others, so that no build of ours can render it again.</param>
    /// <param name="keepsTime">Whether the file keeps its time of modification, so that it is not newer than a process that need not be
    /// restarted.</param>
    /// <returns>The path of the copy; null when there was nothing to copy.</returns>
    /// <exception cref="IOException">The file is unchanged; or it is the new one, and its folder could not be flushed.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is unchanged.</exception>
    public string? WriteDefinition(DesiredService desired, string path, string text, InstalledFacts seen, bool isOthers, bool keepsTime)
    {
        // Foreign keys can make it longer than DefinitionFile reads.
        if (Encoding.UTF8.GetByteCount(text) > DefinitionFile.MaxBytes)
            throw new IOException($"it would be longer than {DefinitionFile.MaxBytes} bytes.");
        MakeDefinitionFolder(path);
        var copy = KeepCopy(desired.Definition, path, seen, isOthers);
        var time = keepsTime ? File.GetLastWriteTimeUtc(path) : default(DateTime?);
        if (desired.Rules.ReadsPrivateDefinitions) WriteWithSameAccess(path, text);
        else AtomicFile.Write(path, text);
        if (time is { } earlier) FileErrors.Ignore(() => File.SetLastWriteTimeUtc(path, earlier));
        return copy;
    }

    /// <summary>Deletes a definition, after copying one that others wrote, and returns the path of the copy.</summary>
    public string? RemoveDefinition(ServiceDefinition definition, string path, InstalledFacts seen, bool isOthers)
    {
        var copy = isOthers ? KeepCopy(definition, path, seen, isOthers) : null;
        File.Delete(path);
        NativeMethods.SyncFolder(Path.GetDirectoryName(path)!);
        return copy;
    }

    /// <summary>Writes an earlier definition again, if the file still has the text that this operation wrote.</summary>
    public static bool RestoreDefinition(RestorableState good, string written)
    {
        if (!File.Exists(good.Path) || new FileInfo(good.Path).LinkTarget is not null || File.ReadAllText(good.Path) != written)
            return false;
        WriteWithSameAccess(good.Path, good.Text);
        return true;
    }

    /// <summary>Writes the journal entry of an operation, before its first change.</summary>
    public void WriteJournalEntry(ServiceDefinition definition, JournalEntry entry)
    {
        MakeFolder(definition.Scope, FolderOf(definition));
        if (entry.LastGood is { } good)
        {
            MakeFolder(definition.Scope, Path.GetDirectoryName(HashesPath(definition))!);
            var (hash, hashes) = (HashOf(good.Text), ReadHashes(definition));
            var text = string.Concat(hashes.Append(hash).TakeLast(HashesKept).Select(one => one + "\n"));
            if (!hashes.Contains(hash)) AtomicFile.Write(HashesPath(definition), text, AtomicFile.Private, Durability.Whole);
        }

        // The earlier definition may have been readable for its owner only.
        AtomicFile.Write(JournalPath(definition), entry.ToJson(), AtomicFile.Private);
    }

    /// <summary>Writes an earlier journal entry again. After a failure, no later operation reports that operation.</summary>
    public void RestoreJournalEntry(ServiceDefinition definition, JournalEntry entry) =>
        FileErrors.Ignore(() => WriteJournalEntry(definition, entry));

    /// <summary>Reads the journal entry of the operation that is in progress or was interrupted; null when there is none.</summary>
    /// <exception cref="UntrustedPathException">Another account could have written it.</exception>
    public JournalEntry? ReadJournalEntry(ServiceDefinition definition) => ReadJournalEntry(definition.Scope, definition.Name);

    /// <inheritdoc cref="ReadJournalEntry(ServiceDefinition)"/>
    public JournalEntry? ReadJournalEntry(ServiceScope scope, ServiceName name)
    {
        try
        {
            return PrivateFile.ReadAll(JournalPath(scope, name), MaxJournalEntryBytes) is { } bytes
                ? JournalEntry.TryParse(Encoding.UTF8.GetString(bytes))
                : null;
        }
        catch (Exception e) when (e is IOException and not UntrustedPathException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Deletes the journal entry of a finished operation. One that remains is reported as interrupted.</summary>
    public void DeleteJournalEntry(ServiceDefinition definition) => FileErrors.Ignore(() => File.Delete(JournalPath(definition)));

    /// <summary>Determines whether the hash of an earlier definition was stored before the journal entry that contains it. A
    /// definition without a stored hash could be forged, and is not restored.</summary>
    internal bool CanRestore(ServiceDefinition definition, RestorableState good) =>
        ReadHashes(definition).Contains(HashOf(good.Text));

    /// <summary>Reads the last verified start; null when there is none.</summary>
    public VerifiedStart? ReadVerifiedStart(ServiceDefinition definition)
    {
        var bytes = FileErrors.Ignore(fallback: null, () => PrivateFile.ReadAll(VerifiedStartPath(definition), MaxVerifiedStartBytes));
        if (bytes is null) return null;
        var text = Encoding.UTF8.GetString(bytes);
        // Each line of the record ends with a line break, also the last one, whose text can be empty.
        return (text.EndsWith('\n') ? text[..^1] : text).Split('\n') switch
        {
            [var invocation, var stamp] => new VerifiedStart(invocation, stamp),
            [var invocation, var stamp, var dropIns] => new VerifiedStart(invocation, stamp, dropIns),
            _ => null,
        };
    }

    /// <summary>Stores a verified start. A failure costs only an unneeded restart later.</summary>
    public void WriteVerifiedStart(ServiceDefinition definition, VerifiedStart start)
    {
        if (ReadVerifiedStart(definition) == start) return;
        FileErrors.Ignore(() =>
        {
            MakeFolder(definition.Scope, FolderOf(definition));
            var text = $"{start.Invocation}\n{start.Stamp}\n{(start.DropIns is { } dropIns ? dropIns + "\n" : "")}";
            // Not flushed: a power cut ends the process too, and a damaged record is ignored.
            AtomicFile.Write(VerifiedStartPath(definition), text, AtomicFile.Private, Durability.None);
        });
    }

    /// <summary>Determines whether an operation on the service is in progress, in any process.</summary>
    public bool IsLocked(DesiredService desired) => ServiceLock.IsHeld(LockPath(desired));

    /// <inheritdoc cref="ServiceLock.Take"/>
    public ServiceLock Lock(DesiredService desired, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var path = LockPath(desired);
        MakeFolder(desired.Definition.Scope, Path.GetDirectoryName(path)!);
        return ServiceLock.Take(path, atMost, time, cancellationToken);
    }

    /// <summary>Deletes the state of a removed service. Files that cannot be deleted do no harm.</summary>
    public void DeleteState(ServiceDefinition definition) => FileErrors.Ignore(() =>
    {
        if (Directory.Exists(FolderOf(definition))) Directory.Delete(FolderOf(definition), recursive: true);
        File.Delete(HashesPath(definition));
    });

    // A definition that an operator restricted to its owner stays so.
    private static void WriteWithSameAccess(string path, string text)
    {
        var isPrivate = File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) == 0;
        AtomicFile.Write(path, text, isPrivate ? AtomicFile.Private : AtomicFile.Public);
    }

    private string? KeepCopy(ServiceDefinition definition, string path, InstalledFacts seen, bool isOthers)
    {
        if (seen.Text is not { } text) return null;
        var folder = isOthers ? OriginalsOf(definition) : BackupsOf(definition);
        MakeFolder(definition.Scope, folder);
        var moment = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fffffff'Z'", CultureInfo.InvariantCulture);
        var copy = Path.Combine(folder, $"{moment}-{Path.GetFileName(path)}");
        // The original may have been readable for its owner only.
        AtomicFile.Write(copy, text, AtomicFile.Private);
        if (isOthers) return copy;
        foreach (var old in Directory.GetFiles(folder).Order(StringComparer.Ordinal).SkipLast(BackupsKept)) File.Delete(old);
        return copy;
    }

    private void MakeFolder(ServiceScope scope, string folder) => _folders.MakePrivate(host.StateFolder(scope), folder);

    // Not in the service's folder, which is deleted with the service: a lock file must outlive its holder. No service name begins
    // with a dot. Named by the definition file, because two services of different names could write the same one.
    private string LockPath(DesiredService desired) => Path.Combine(
        host.StateFolder(desired.Definition.Scope), ".locks", Path.GetFileName(desired.DefinitionPath));

    // Outside the service's folder: write access to that one is not enough to add a hash.
    private string HashesPath(ServiceDefinition definition) =>
        Path.Combine(host.StateFolder(definition.Scope), ".written", definition.Name.Value);

    // An untrusted or unreadable file counts as empty: nothing is restored then.
    private List<string> ReadHashes(ServiceDefinition definition) => FileErrors.Ignore<List<string>>(fallback: [], () =>
        PrivateFile.ReadAll(HashesPath(definition), MaxHashesBytes) is { } bytes
            ? [.. Encoding.ASCII.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries)]
            : []);

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private string FolderOf(ServiceScope scope, ServiceName name) => Path.Combine(host.StateFolder(scope), name.Value);

    private string JournalPath(ServiceDefinition definition) => JournalPath(definition.Scope, definition.Name);

    private string JournalPath(ServiceScope scope, ServiceName name) => Path.Combine(FolderOf(scope, name), "under-way.json");

    private string VerifiedStartPath(ServiceDefinition definition) => Path.Combine(FolderOf(definition), "verified");
}

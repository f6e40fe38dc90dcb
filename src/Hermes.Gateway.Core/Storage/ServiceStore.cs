using System.Globalization;
using System.Text;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.Storage;

/// <summary>What is kept beside the definitions themselves: a lock, copies of replaced definitions, and the proof of
/// the last verified start. Everything here can be deleted without harm to a service.</summary>
internal sealed class ServiceStore(HostContext host, TimeProvider time)
{
    private const int BackupsKept = 10;

    // A journal entry holds a whole definition, in which every character can be escaped.
    private const int MostBytesOfEntry = 8 * (int)DefinitionFile.MaxBytes;
    private const int MostBytesOfProof = 64 << 10;

    private readonly StateFolders _folders = new(host.Home);

    /// <summary>The folder of one service's state.</summary>
    public string FolderOf(ServiceDefinition definition) =>
        Path.Combine(host.StateFolder(definition.Scope), definition.Name.Value);

    /// <summary>The folders whose rights were too open and were taken back since the last call.</summary>
    internal IReadOnlyList<FolderRepair> TakeRepairs() => _folders.TakeRepairs();

    /// <summary>Returns why the state of a scope is not trusted; null when it is trusted or missing. Changes nothing.</summary>
    internal UntrustedPathException? FindRefusal(ServiceScope scope) =>
        Directory.Exists(host.StateFolder(scope)) ? StateFolders.RefusalOf(host.StateFolder(scope)) : null;

    /// <summary>Makes the folder of a definition, and refuses one in which another account could exchange the definition.
    /// </summary>
    /// <exception cref="UntrustedPathException">Another account could change it.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    internal void MakeDefinitionFolder(string path) => _folders.MakePublic(Path.GetDirectoryName(path)!);

    /// <summary>The folder of the latest copies of replaced definitions of ours; goes when the service goes.</summary>
    public string BackupsOf(ServiceDefinition definition) => Path.Combine(FolderOf(definition), "backups");

    /// <summary>The folder of the copies of replaced or removed definitions of others; never emptied by us.</summary>
    public string OriginalsOf(ServiceDefinition definition) =>
        Path.Combine(host.StateFolder(definition.Scope), ".originals", definition.Name.Value);

    /// <summary>Replaces or creates the definition at <paramref name="path"/>, after keeping a copy of what was there.</summary>
    /// <param name="desired">The service.</param>
    /// <param name="path">The definition's path.</param>
    /// <param name="text">The new text.</param>
    /// <param name="seen">What was there.</param>
    /// <param name="isOthers">Whether somebody else wrote it, so that no build of ours can make it again.</param>
    /// <returns>The path of the copy; null when there was nothing to copy.</returns>
    /// <exception cref="IOException">The definition could not be written; what was there still is.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public string? WriteDefinition(DesiredService desired, string path, string text, InstalledFacts seen, bool isOthers)
    {
        // With what others added to it, it may grow to what would not be read again.
        if (Encoding.UTF8.GetByteCount(text) > DefinitionFile.MaxBytes)
            throw new IOException($"it would be longer than {DefinitionFile.MaxBytes} bytes.");
        MakeDefinitionFolder(path);
        var copy = KeepCopy(desired.Definition, path, seen, isOthers);
        if (desired.Rules.ReadsPrivateDefinitions && IsPrivate(path)) AtomicFile.Write(path, text, AtomicFile.Private);
        else AtomicFile.Write(path, text);
        return copy;
    }

    /// <summary>Removes the definition at <paramref name="path"/>.</summary>
    /// <param name="definition">The service.</param>
    /// <param name="path">The definition's path.</param>
    /// <param name="seen">What is there.</param>
    /// <param name="isOthers">Whether somebody else wrote it; then a copy is kept first.</param>
    /// <returns>The path of the copy; null when none was kept.</returns>
    /// <exception cref="IOException">The definition could not be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public string? RemoveDefinition(ServiceDefinition definition, string path, InstalledFacts seen, bool isOthers)
    {
        var copy = isOthers ? KeepCopy(definition, path, seen, isOthers) : null;
        File.Delete(path);
        NativeMethods.SyncFolder(Path.GetDirectoryName(path)!);
        return copy;
    }

    /// <summary>Puts back an earlier definition.</summary>
    /// <param name="good">What it was.</param>
    /// <param name="written">What this operation wrote in its place.</param>
    /// <returns>False when something else is there by now, which then stays.</returns>
    /// <exception cref="IOException">It could not be written; what was there still is.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static bool Restore(GoodState good, string written)
    {
        if (!File.Exists(good.Path) || new FileInfo(good.Path).LinkTarget is not null || File.ReadAllText(good.Path) != written)
            return false;
        if (IsPrivate(good.Path)) AtomicFile.Write(good.Path, good.Text, AtomicFile.Private);
        else AtomicFile.Write(good.Path, good.Text);
        return true;
    }

    /// <summary>Notes that an operation is about to change something.</summary>
    /// <exception cref="IOException">The note could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public void Begin(ServiceDefinition definition, JournalEntry record)
    {
        MakeFolder(definition.Scope, FolderOf(definition));
        if (record.LastGood is { } good)
        {
            MakeFolder(definition.Scope, HashFolder(definition.Scope));
            HashesOf(definition).Add(good.Text);
        }

        // It holds the earlier definition, which may have been readable to its owner alone.
        AtomicFile.Write(RecordPath(definition), record.ToJson(), AtomicFile.Private);
    }

    /// <summary>Notes once more what was on record before. A note that cannot be kept is told by no later operation.</summary>
    public void BeginAgain(ServiceDefinition definition, JournalEntry record)
    {
        try
        {
            Begin(definition, record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>The operation that is under way, or was cut short; null when there is none on record.</summary>
    /// <exception cref="UntrustedPathException">The record is not a file of this account's own.</exception>
    public JournalEntry? ReadUnderWay(ServiceDefinition definition)
    {
        try
        {
            return PrivateFile.ReadAll(RecordPath(definition), MostBytesOfEntry) is { } bytes
                ? JournalEntry.TryParse(Encoding.UTF8.GetString(bytes))
                : null;
        }
        catch (Exception e) when (e is IOException and not UntrustedPathException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether the hash of this definition was stored before the journal entry that holds it.</summary>
    internal bool MayRestore(ServiceDefinition definition, GoodState good) => HashesOf(definition).Has(good.Text);

    /// <summary>Notes that an operation came to its end, however it ended. A note that stays makes the next operation tell
    /// of it, nothing else.</summary>
    public void End(ServiceDefinition definition)
    {
        try
        {
            File.Delete(RecordPath(definition));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Whether an operation on the service is under way, in any process.</summary>
    public bool IsLocked(DesiredService desired) => ServiceLock.IsHeld(LockPath(desired));

    /// <summary>The start that was last verified; null when none is on record.</summary>
    public VerifiedStart? ReadProof(ServiceDefinition definition)
    {
        try
        {
            if (PrivateFile.ReadAll(ProofPath(definition), MostBytesOfProof) is not { } bytes) return null;
            var text = Encoding.UTF8.GetString(bytes);
            // The last line has an end too, and may have nothing else.
            return (text.EndsWith('\n') ? text[..^1] : text).Split('\n') switch
            {
                [var invocation, var stamp] => new VerifiedStart(invocation, stamp),
                [var invocation, var stamp, var overrides] => new VerifiedStart(invocation, stamp, overrides),
                _ => null,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No record: the process then has to prove itself.
            return null;
        }
    }

    /// <summary>Records a verified start. A record that cannot be kept costs a later restart, nothing else.</summary>
    public void WriteProof(ServiceDefinition definition, VerifiedStart proof)
    {
        if (ReadProof(definition) == proof) return;
        try
        {
            MakeFolder(definition.Scope, FolderOf(definition));
            // Not flushed: a power cut ends the process that it is about, and a record that is damaged is none.
            AtomicFile.Write(
                ProofPath(definition),
                $"{proof.Invocation}\n{proof.Stamp}\n{(proof.Overrides is { } overrides ? overrides + "\n" : "")}",
                PrivateFile.Mode,
                Durability.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Takes the service's lock, waiting at most <paramref name="atMost"/>.</summary>
    /// <exception cref="LockHeldException">Somebody else held it all that time.</exception>
    /// <exception cref="UntrustedPathException">Another account could change the lock file or its folder.</exception>
    /// <exception cref="IOException">The lock file cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public ServiceLock Lock(DesiredService desired, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var path = LockPath(desired);
        MakeFolder(desired.Definition.Scope, Path.GetDirectoryName(path)!);
        return ServiceLock.Take(path, atMost, time, cancellationToken);
    }

    /// <summary>Removes what is kept of a service that is gone; only files of no further use, so a failure is no harm.</summary>
    public void Forget(ServiceDefinition definition)
    {
        try
        {
            if (Directory.Exists(FolderOf(definition))) Directory.Delete(FolderOf(definition), recursive: true);
            HashesOf(definition).Remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    // What an operator keeps to one user stays so, with all that is kept of it.
    private static bool IsPrivate(string path) =>
        File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) == 0;

    private string? KeepCopy(ServiceDefinition definition, string path, InstalledFacts seen, bool isOthers)
    {
        if (seen.Text is not { } text) return null;
        // What somebody else wrote is kept for good, and when the service goes too.
        var folder = isOthers ? OriginalsOf(definition) : BackupsOf(definition);
        MakeFolder(definition.Scope, folder);
        var moment = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fffffff'Z'", CultureInfo.InvariantCulture);
        var copy = Path.Combine(folder, $"{moment}-{Path.GetFileName(path)}");
        // The original may have been readable to its owner alone, for a secret in it.
        AtomicFile.Write(copy, text, AtomicFile.Private);
        if (isOthers || Directory.GetFiles(folder) is not { Length: > BackupsKept } all) return copy;
        Array.Sort(all, StringComparer.Ordinal);
        foreach (var old in all.AsSpan(..^BackupsKept)) File.Delete(old);
        return copy;
    }

    // Not in the service's folder: that one goes when the service does, and a lock file must outlive its holder. No
    // service has a name that begins with a dot. By the definition file, which is what two services of different names
    // would both write to.
    private string LockPath(DesiredService desired) => Path.Combine(
        host.StateFolder(desired.Definition.Scope), ".locks", Path.GetFileName(desired.DefinitionPath));

    private void MakeFolder(ServiceScope scope, string folder) => _folders.MakePrivate(host.StateFolder(scope), folder);

    // Outside the service's folder: write access to that one is not enough to add a hash.
    private string HashFolder(ServiceScope scope) => Path.Combine(host.StateFolder(scope), ".written");

    private RollbackHashes HashesOf(ServiceDefinition definition) =>
        new(Path.Combine(HashFolder(definition.Scope), definition.Name.Value));

    private string RecordPath(ServiceDefinition definition) => Path.Combine(FolderOf(definition), "under-way.json");

    private string ProofPath(ServiceDefinition definition) => Path.Combine(FolderOf(definition), "verified");
}

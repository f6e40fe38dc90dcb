using System.Globalization;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Core.Storage;

/// <summary>What is kept beside the definitions themselves: a lock, copies of replaced definitions, and the proof of
/// the last verified start. Everything here can be deleted without harm to a service.</summary>
public sealed class ServiceStore(HostContext host, TimeProvider time)
{
    private const int BackupsKept = 10;

    /// <summary>The folder of one service's state.</summary>
    public string FolderOf(ServiceDefinition definition) =>
        Path.Combine(host.StateFolder(definition.Scope), definition.Name.Value);

    /// <summary>Replaces or creates the definition at <paramref name="path"/>, after keeping a copy of what was there.</summary>
    /// <returns>The path of the copy; null when there was nothing to copy.</returns>
    /// <exception cref="IOException">The definition could not be written; what was there still is.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public string? WriteDefinition(ServiceDefinition definition, string path, string text, InstalledFacts seen)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var copy = KeepCopy(definition, path, seen);
        AtomicFile.Write(path, text);
        return copy;
    }

    /// <summary>Removes the definition at <paramref name="path"/>.</summary>
    /// <param name="definition">The service.</param>
    /// <param name="path">The definition's path.</param>
    /// <param name="toKeep">What to keep a copy of first: a definition that no build can make again. Null for none.</param>
    /// <returns>The path of the copy; null when none was kept.</returns>
    /// <exception cref="IOException">The definition could not be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public string? RemoveDefinition(ServiceDefinition definition, string path, InstalledFacts? toKeep)
    {
        var copy = toKeep is null ? null : KeepCopy(definition, path, toKeep);
        File.Delete(path);
        NativeMethods.SyncFolder(Path.GetDirectoryName(path)!);
        return copy;
    }

    /// <summary>The start that was last verified; null when none is on record.</summary>
    public Proof? ReadProof(ServiceDefinition definition)
    {
        try
        {
            return File.ReadAllLines(ProofPath(definition)) is [var invocation, var stamp]
                ? new Proof(invocation, stamp)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No record: the process then has to prove itself.
            return null;
        }
    }

    /// <summary>Records a verified start. A record that cannot be kept costs a later restart, nothing else.</summary>
    public void WriteProof(ServiceDefinition definition, Proof proof)
    {
        if (ReadProof(definition) == proof) return;
        try
        {
            Directory.CreateDirectory(FolderOf(definition));
            AtomicFile.Write(ProofPath(definition), $"{proof.Invocation}\n{proof.Stamp}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Takes the service's lock, waiting at most <paramref name="atMost"/>.</summary>
    /// <exception cref="LockHeldException">Somebody else held it all that time.</exception>
    /// <exception cref="IOException">The lock file cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public Task<ServiceLock> LockAsync(ServiceDefinition definition, TimeSpan atMost, CancellationToken cancellationToken)
    {
        // Not in the service's folder: that one goes when the service does, and a lock file must outlive its holder.
        // No service has a name that begins with a dot.
        var folder = Path.Combine(host.StateFolder(definition.Scope), ".locks");
        Directory.CreateDirectory(folder);
        return ServiceLock.TakeAsync(Path.Combine(folder, definition.Name.Value), atMost, time, cancellationToken);
    }

    /// <summary>Removes what is kept of a service that is gone; only files of no further use, so a failure is no harm.</summary>
    public void Forget(ServiceDefinition definition)
    {
        try
        {
            if (Directory.Exists(FolderOf(definition))) Directory.Delete(FolderOf(definition), recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private string? KeepCopy(ServiceDefinition definition, string path, InstalledFacts seen)
    {
        if (seen.Text is not { } text) return null;
        var folder = Path.Combine(FolderOf(definition), "backups");
        Directory.CreateDirectory(folder);
        var moment = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fffffff'Z'", CultureInfo.InvariantCulture);
        var copy = Path.Combine(folder, $"{moment}-{Path.GetFileName(path)}");
        AtomicFile.Write(copy, text);
        foreach (var old in Directory.GetFiles(folder).Order(StringComparer.Ordinal).SkipLast(BackupsKept))
            File.Delete(old);
        return copy;
    }

    private string ProofPath(ServiceDefinition definition) => Path.Combine(FolderOf(definition), "verified");
}

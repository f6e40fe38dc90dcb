using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Storage;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>The record of the operations on each service: <c>.history/NAME.jsonl</c> in the state folder of the scope. It is kept when
/// the service is uninstalled. (The name of a service cannot begin with a dot.)</summary>
public sealed class ServiceHistory(HostContext host, TimeProvider time)
{
    /// <summary>The maximum number of entries of a service.</summary>
    public const int MaxEntries = 100;

    internal const int MaxEntryBytes = 512 << 10;

    /// <summary>A file that would become larger is rewritten with the entries that <see cref="Compact"/> returns.</summary>
    internal const int MaxFileBytes = 2 * MaxEntryBytes;

    // A writer holds the lock for milliseconds. One that holds it longer hangs.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    private readonly StateFolders _folders = new(host.Home);

    /// <summary>Returns the path of a service's file, which need not exist.</summary>
    public string PathOf(ServiceScope scope, ServiceName name) => Path.Combine(FolderOf(scope), $"{name}.jsonl");

    /// <summary>Reads the entries of a service, the newest last; empty when there is no file. Skips malformed lines.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public ImmutableArray<HistoryEntry> Read(ServiceScope scope, ServiceName name)
    {
        if (StateFolders.FindUntrustedState(host.StateFolder(scope)) is { } untrusted) throw untrusted;
        return Compact(ReadEnd(PathOf(scope, name)).Split('\n').Select(HistoryEntry.TryParse).OfType<HistoryEntry>());
    }

    /// <summary>Lists the releases of a service that are on disk, the newest last; empty when it has none.</summary>
    public ImmutableArray<ReleaseOnDisk> ReadReleases(ServiceRequest request)
    {
        if (request.Release is not { Folders: { } folders }) return [];
        var (current, records) = (folders.ReadCurrent(), new ReleaseRecords(host, request.Definition.Scope, folders.Name));
        return
        [
            .. folders.List().Select(revision =>
            {
                var manifest = ReleaseManifest.Read(folders.Of(revision));
                return new ReleaseOnDisk(
                    revision, folders.Of(revision), manifest?.Created, manifest?.SourceRevision ?? "", records.Read(revision)?.Verified, revision == current);
            }).OrderBy(release => release.Created),
        ];
    }

    /// <summary>Adds an entry, one writer at a time. Flushes the file, except for an operation that found nothing to do and
    /// nothing to report: losing that one in a power cut loses nothing. Does not flush the folder, so that the caller can do
    /// that once for many services.</summary>
    /// <returns>The folder, if the file is new in it: the file survives a power cut only after the folder was flushed. Otherwise
    /// null.</returns>
    /// <exception cref="LockHeldException">Another writer held the lock for 5 s.</exception>
    /// <exception cref="IOException">The file cannot be written; the entries before are kept.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    internal string? Add(ServiceScope scope, ServiceName name, HistoryEntry entry)
    {
        var folder = FolderOf(scope);
        _folders.MakePrivate(host.StateFolder(scope), folder);
        // A lock of its own: two names can share a definition, and an operation that failed because the service's lock was held is
        // recorded too. Cannot be cancelled, because a cancelled operation is also recorded.
        using var held = ServiceLock.Take(Path.Combine(folder, $"{name}.lock"), LockTimeout, time, CancellationToken.None);
        var path = PathOf(scope, name);
        var line = entry.ToLine() + "\n";
        if (TryAppend(path, line, isFlushed: !entry.IsNoOp || !entry.Codes.IsEmpty)) return null;
        var lines = Compact([.. Read(scope, name), entry]).Select(kept => kept.ToLine() + "\n");
        AtomicFile.Write(path, string.Concat(lines), AtomicFile.Private, Durability.Whole);
        return folder;
    }

    /// <summary>Merges consecutive operations that found nothing to do, so that the deploys of a working day do not displace other
    /// entries, and drops the oldest entries beyond <see cref="MaxEntries"/> and <see cref="MaxEntryBytes"/>.</summary>
    internal static ImmutableArray<HistoryEntry> Compact(IEnumerable<HistoryEntry> entries)
    {
        var merged = new List<HistoryEntry>();
        foreach (var entry in entries)
            if (merged is [.., var last] && entry.Repeats(last))
                merged[^1] = last with { Last = entry.Last, Count = (int)Math.Min((long)last.Count + entry.Count, int.MaxValue) };
            else merged.Add(entry);

        var (first, bytes) = (merged.Count, 0);
        while (first > 0 && merged.Count - first < MaxEntries)
        {
            bytes += Encoding.UTF8.GetByteCount(merged[first - 1].ToLine()) + 1;
            if (bytes > MaxEntryBytes) break;
            first--;
        }

        return [.. merged[first..]];
    }

    // Appends in one write. Returns false when the whole file must be written instead: it does not exist, it would become too large, or
    // its mode forbids writing.
    private static bool TryAppend(string path, string line, bool isFlushed)
    {
        try
        {
            using var file = PrivateFile.OpenForWriting(path);
            if (file is null) return false;
            var length = RandomAccess.GetLength(file);
            var bytes = Encoding.UTF8.GetBytes(EndsWithinLine(file, length) ? "\n" + line : line);
            if (length + bytes.Length > MaxFileBytes) return false;
            RandomAccess.Write(file, bytes, length);
            if (isFlushed) RandomAccess.FlushToDisk(file);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A full disk or a power cut can leave a part of a line at the end.
    private static bool EndsWithinLine(SafeFileHandle file, long length)
    {
        Span<byte> last = stackalloc byte[1];
        return length > 0 && RandomAccess.Read(file, last, length - 1) == 1 && last[0] != '\n';
    }

    private string FolderOf(ServiceScope scope) => Path.Combine(host.StateFolder(scope), ".history");

    private static string ReadEnd(string path)
    {
        using var file = PrivateFile.OpenForReading(path);
        if (file is null) return "";
        var start = Math.Max(RandomAccess.GetLength(file) - MaxFileBytes, 0);
        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0) { Position = start };
        var bytes = new byte[stream.Length - start];
        var text = Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        // The part that was read begins within a line.
        return start > 0 ? text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..] : text;
    }
}

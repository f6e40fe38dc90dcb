using System.Collections.Immutable;
using System.Text;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Storage;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>What was done to each service, in files that outlive it: <c>.history/NAME.jsonl</c> in the state folder of
/// the scope. A service's name never begins with a dot.</summary>
public sealed class ServiceHistory(HostContext host, TimeProvider time)
{
    /// <summary>The most bytes of a file. One that would become longer is rewritten with the entries that
    /// <see cref="HistoryList"/> keeps.</summary>
    internal const int MostBytesOfFile = 2 * HistoryList.MostBytes;

    // A writer holds the lock for milliseconds. One that holds it longer hangs.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly StateFolders _folders = new(host.Home);

    /// <summary>The file of one service.</summary>
    public string PathOf(ServiceScope scope, ServiceName name) => Path.Combine(FolderOf(scope), $"{name}.jsonl");

    /// <summary>Reads the entries, the newest last. Skips malformed lines.</summary>
    /// <exception cref="IOException">There is a file that cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public ImmutableArray<HistoryEntry> Read(ServiceScope scope, ServiceName name)
    {
        if (Directory.Exists(host.StateFolder(scope)) && StateFolders.RefusalOf(host.StateFolder(scope)) is { } refusal) throw refusal;
        return HistoryList.Of(ReadEnd(PathOf(scope, name)).Split('\n').Select(HistoryEntry.TryParse).OfType<HistoryEntry>());
    }

    /// <summary>Adds an entry, one writer at a time. Flushes the file, except for an operation that found nothing to do and
    /// nothing to report: losing that one in a power cut loses nothing. Does not flush the folder, so that the caller can do
    /// that once for many services.</summary>
    /// <returns>The folder, if the file is new in it: the file survives a power cut only after the folder was flushed. Otherwise
    /// null.</returns>
    /// <exception cref="LockHeldException">Another writer held the lock for 5 s.</exception>
    /// <exception cref="IOException">The file cannot be written; the entries before are kept.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    internal string? Add(ServiceScope scope, ServiceName name, HistoryEntry entry)
    {
        var folder = FolderOf(scope);
        _folders.MakePrivate(host.StateFolder(scope), folder);
        // A lock of its own: two names can share a definition, and an operation that failed because the service's lock was held is
        // recorded too. Cannot be cancelled, because a cancelled operation is also recorded.
        using var held = ServiceLock.Take(Path.Combine(folder, $"{name}.lock"), LongestWait, time, CancellationToken.None);
        var path = PathOf(scope, name);
        var line = entry.ToLine() + "\n";
        if (TryAppend(path, line, isFlushed: !entry.IsNoOp || !entry.Codes.IsEmpty)) return null;
        var lines = HistoryList.Of([.. Read(scope, name), entry]).Select(kept => kept.ToLine() + "\n");
        AtomicFile.Write(path, string.Concat(lines), AtomicFile.Private, Durability.Whole);
        return folder;
    }

    // Appends in one write. Returns false when the whole file must be written instead: it does not exist, it would exceed its bound, or
    // its mode forbids writing.
    private static bool TryAppend(string path, string line, bool isFlushed)
    {
        try
        {
            using var file = PrivateFile.OpenForWriting(path);
            if (file is null) return false;
            var length = RandomAccess.GetLength(file);
            var bytes = Encoding.UTF8.GetBytes(IsWithinLine(file, length) ? "\n" + line : line);
            if (length + bytes.Length > MostBytesOfFile) return false;
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
    private static bool IsWithinLine(SafeFileHandle file, long length)
    {
        Span<byte> last = stackalloc byte[1];
        return length > 0 && RandomAccess.Read(file, last, length - 1) == 1 && last[0] != '\n';
    }

    private string FolderOf(ServiceScope scope) => Path.Combine(host.StateFolder(scope), ".history");

    private static string ReadEnd(string path)
    {
        using var file = PrivateFile.OpenForReading(path);
        if (file is null) return "";
        var start = Math.Max(RandomAccess.GetLength(file) - MostBytesOfFile, 0);
        var bytes = new byte[RandomAccess.GetLength(file) - start];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(length), start + length) is var read and > 0)
            length += read;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        // The part that was read begins within a line.
        return start > 0 ? text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..] : text;
    }
}

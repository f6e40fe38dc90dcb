using System.Collections.Immutable;
using System.Text;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.History;

/// <summary>What was done to each service, in files that outlive it: <c>.history/NAME.jsonl</c> in the state folder of
/// the scope. A service's name never begins with a dot.</summary>
public sealed class ServiceHistory(HostContext host, TimeProvider time)
{
    // A file of ours is never longer; of one that is, only the end is of interest.
    private const int MostRead = HistoryList.MostBytes;

    // Adding takes milliseconds; who waits longer than this waits for something broken.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // Of a thousand services all are read into as few as are needed at a time; not of the shared pool, which keeps what it was
    // given for good.
    private readonly List<byte[]> _free = [];

    private readonly StateFolders _folders = new(host.Home);

    /// <summary>The file of one service.</summary>
    public string PathOf(ServiceScope scope, ServiceName name) => Path.Combine(FolderOf(scope), $"{name}.jsonl");

    /// <summary>What is on record, the newest last; damaged lines are left out.</summary>
    /// <exception cref="IOException">There is a file that cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public ImmutableArray<HistoryEntry> Read(ServiceScope scope, ServiceName name)
    {
        if (Directory.Exists(host.StateFolder(scope)) && StateFolders.RefusalOf(host.StateFolder(scope)) is { } refusal) throw refusal;
        return [.. ReadEnd(PathOf(scope, name)).Split('\n').Select(HistoryEntry.TryParse).OfType<HistoryEntry>()];
    }

    /// <summary>Adds an entry, one writer at a time.</summary>
    /// <exception cref="LockHeldException">Another writer did not come to its end.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there still is.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public void Add(ServiceScope scope, ServiceName name, HistoryEntry entry)
    {
        if (Add(scope, name, HistoryRecord.Of(entry)) is { } folder) NativeMethods.SyncFolder(folder);
    }

    /// <summary>Likewise, a record. Its file is flushed when it is news; the folder is not, because it is the same for all.
    /// </summary>
    /// <returns>The folder that has to be flushed for the record to last; null when none has.</returns>
    /// <exception cref="LockHeldException">Another writer did not come to its end.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there still is.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    internal string? Add(ServiceScope scope, ServiceName name, HistoryRecord record)
    {
        _folders.MakePrivate(host.StateFolder(scope), FolderOf(scope));
        // A lock of its own: two names can share a definition, and what failed before it held the service's lock, or for
        // want of it, is worth remembering too. Not to be cancelled: a cancelled operation is remembered as well.
        var lockPath = Path.Combine(FolderOf(scope), $"{name}.lock");
        using var held = ServiceLock.Take(lockPath, LongestWait, time, CancellationToken.None);
        if (!TryAddLine(PathOf(scope, name), record, out var isNewFile))
        {
            var text = new StringBuilder();
            foreach (var kept in HistoryList.Add(Read(scope, name), record.ToEntry())) text.Append(kept.ToLine()).Append('\n');
            AtomicFile.Write(PathOf(scope, name), text.ToString(), AtomicFile.Private, Durability.Whole);
            isNewFile = true;
        }

        return isNewFile ? FolderOf(scope) : null;
    }

    // All other lines stay as they are, unread. What is only the same once more may be forgotten.
    private bool TryAddLine(string path, HistoryRecord record, out bool isNewFile)
    {
        isNewFile = false;
        var buffer = Take();
        try
        {
            var length = ReadLines(path, ref buffer);
            if (HistoryLines.Add(buffer.AsMemory(0, length), record) is not { } change) return false;
            if (TryInPlace(path, change, length)) return true;
            AtomicFile.Write(
                path, buffer.AsSpan(change.From..change.To), change.Line, AtomicFile.Private, Durability.Whole);
            isNewFile = change.IsNews;
            return true;
        }
        finally
        {
            lock (_free) _free.Add(buffer);
        }
    }

    private byte[] Take()
    {
        lock (_free)
        {
            if (_free is not [.., var last]) return [];
            _free.RemoveAt(_free.Count - 1);
            return last;
        }
    }

    // In one write, so that an operation costs what is told of it and not what is on record of all before: one more line at
    // the end, or the time and the number at the beginning of the last. A part of a line, which is all that a full disk or a
    // power cut can leave, is left out by every reader and goes with the next operation. What does not let itself be written to
    // is replaced.
    private static bool TryInPlace(string path, HistoryChange change, int length)
    {
        var isOneMore = length > 0 && change.From == 0 && change.To == length;
        if (change.Overwrites == 0 && !isOneMore) return false;
        try
        {
            using var file = PrivateFile.OpenForWriting(path);
            if (file is null) return false;
            RandomAccess.Write(file, isOneMore ? change.Line : change.Line.AsSpan(0, change.Overwrites), change.To);
            if (change.IsNews) RandomAccess.FlushToDisk(file);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    // One byte more than a file of ours has tells that it is none.
    private static int ReadLines(string path, ref byte[] buffer)
    {
        using var file = PrivateFile.OpenForReading(path);
        if (file is null) return 0;
        var most = (int)Math.Min(RandomAccess.GetLength(file), MostRead) + 1;
        if (buffer.Length < most) buffer = new byte[most];
        var length = 0;
        while (length < most && RandomAccess.Read(file, buffer.AsSpan(length, most - length), length) is var read and > 0)
            length += read;
        return length;
    }

    private string FolderOf(ServiceScope scope) => Path.Combine(host.StateFolder(scope), ".history");

    private static string ReadEnd(string path)
    {
        using var file = PrivateFile.OpenForReading(path);
        if (file is null) return "";
        var start = Math.Max(RandomAccess.GetLength(file) - MostRead, 0);
        var bytes = new byte[RandomAccess.GetLength(file) - start];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(length), start + length) is var read and > 0)
            length += read;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        // The first line is a part of one then.
        return start > 0 ? text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..] : text;
    }
}

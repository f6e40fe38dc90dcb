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
    private const UnixFileMode PrivateFolder = AtomicFile.Private | UnixFileMode.UserExecute;

    // A file of ours is never longer; of one that is, only the end is of interest.
    private const int MostRead = HistoryList.MostBytes;

    // Adding takes milliseconds; who waits longer than this waits for something broken.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>The file of one service.</summary>
    public string PathOf(ServiceScope scope, ServiceName name) => Path.Combine(FolderOf(scope), $"{name}.jsonl");

    /// <summary>What is on record, the newest last; damaged lines are left out.</summary>
    /// <exception cref="IOException">There is a file that cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public ImmutableArray<HistoryEntry> Read(ServiceScope scope, ServiceName name)
    {
        try
        {
            return [.. ReadEnd(PathOf(scope, name)).Split('\n').Select(HistoryEntry.TryParse).OfType<HistoryEntry>()];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Adds an entry, one writer at a time.</summary>
    /// <exception cref="LockHeldException">Another writer did not come to its end.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there still is.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    [AsyncMethodBuilder(typeof(PrecompiledTask))]
    public async Task AddAsync(ServiceScope scope, ServiceName name, HistoryEntry entry)
    {
        Directory.CreateDirectory(host.StateFolder(scope));
        Directory.CreateDirectory(FolderOf(scope), PrivateFolder);
        // A lock of its own: two names can share a definition, and what failed before it held the service's lock, or for
        // want of it, is worth remembering too. Not to be cancelled: a cancelled operation is remembered as well.
        var lockPath = Path.Combine(FolderOf(scope), $"{name}.lock");
        using var held = await ServiceLock.TakeAsync(lockPath, LongestWait, time, CancellationToken.None);
        var text = new StringBuilder();
        foreach (var kept in HistoryList.Add(Read(scope, name), entry)) text.Append(kept.ToLine()).Append('\n');
        AtomicFile.Write(PathOf(scope, name), text.ToString(), AtomicFile.Private);
    }

    private string FolderOf(ServiceScope scope) => Path.Combine(host.StateFolder(scope), ".history");

    private static string ReadEnd(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var skipped = file.Length > MostRead;
        if (skipped) file.Seek(-MostRead, SeekOrigin.End);
        using var reader = new StreamReader(file, Encoding.UTF8);
        var text = reader.ReadToEnd();
        // The first line is a part of one then.
        return skipped ? text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..] : text;
    }
}

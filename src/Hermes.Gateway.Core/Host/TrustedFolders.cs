using System.Collections.Concurrent;
using System.Globalization;

namespace Hermes.Gateway.Core.Host;

/// <summary>Remembers during one operation which folders are trusted, because many services have their files in few folders:
/// each part of a path costs a system call.</summary>
internal sealed class TrustedFolders
{
    private readonly ConcurrentDictionary<string, UntrustedPart?> _found = new(StringComparer.Ordinal);

    /// <summary>As <see cref="PathTrust.FindUntrusted"/>, with the folder of the path looked at once.</summary>
    public UntrustedPart? FindUntrusted(string path, IReadOnlySet<uint> trusted)
    {
        if (Path.GetDirectoryName(path) is not { } folder || FileEntry.EntryOf(path) is null or { Type: FileType.SymbolicLink })
            return PathTrust.FindUntrusted(path, trusted);
        var key = string.Join(' ', trusted.Order().Select(id => id.ToString(CultureInfo.InvariantCulture))) + folder;
        return _found.GetOrAdd(key, _ => PathTrust.FindUntrusted(folder, trusted)) ?? PathTrust.Check(path, trusted);
    }
}

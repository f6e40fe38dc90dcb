using System.Security.Cryptography;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Stores the hashes of the definitions that a rollback of one service may restore, each before the journal entry with its
/// definition. A definition in a journal entry without a stored hash could be forged, and is not restored.</summary>
/// <param name="path">The file, in a folder that only its owner can write to.</param>
internal sealed class RestorableDefinitions(string path)
{
    // An interrupted operation keeps its earlier definition across later operations, so several hashes are kept.
    private const int MostHashes = 32;
    private const int MostBytes = 64 << 10;

    public bool Contains(string text) => Read().Contains(HashOf(text), StringComparer.Ordinal);

    /// <summary>Stores the hash of a definition; it is flushed on return.</summary>
    public void Add(string text)
    {
        var hash = HashOf(text);
        var hashes = Read();
        if (hashes.Contains(hash, StringComparer.Ordinal)) return;
        hashes.Add(hash);
        AtomicFile.Write(
            path, string.Concat(hashes.TakeLast(MostHashes).Select(one => one + "\n")), AtomicFile.Private, Durability.Whole);
    }

    public void DeleteAll() => File.Delete(path);

    // An untrusted or unreadable file counts as empty: nothing is restored then.
    private List<string> Read() => FileErrors.Ignore<List<string>>(fallback: [], () =>
        PrivateFile.ReadAll(path, MostBytes) is { } bytes
            ? [.. Encoding.ASCII.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries)]
            : []);

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

using System.Security.Cryptography;
using System.Text;

namespace Hermes.Gateway.Core.Storage;

/// <summary>The hashes of the definitions that a rollback of one service may restore. Each is stored before the journal entry that
/// holds its definition; the definition of an entry without a stored hash is not restored.</summary>
/// <param name="path">The file, in a folder that only its owner can write to.</param>
internal sealed class RollbackHashes(string path)
{
    // An interrupted operation keeps its earlier definition across later operations, so several hashes are kept.
    private const int MostHashes = 32;
    private const int MostBytes = 64 << 10;

    /// <summary>Whether the hash of a definition is stored.</summary>
    public bool Has(string text) => Read().Contains(HashOf(text), StringComparer.Ordinal);

    /// <summary>Stores the hash of a definition, flushed before the journal entry is written.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public void Add(string text)
    {
        var hash = HashOf(text);
        var hashes = Read();
        if (hashes.Contains(hash, StringComparer.Ordinal)) return;
        hashes.Add(hash);
        AtomicFile.Write(
            path, string.Concat(hashes.TakeLast(MostHashes).Select(one => one + "\n")), PrivateFile.Mode, Durability.Whole);
    }

    /// <summary>Removes all of them.</summary>
    public void Remove() => File.Delete(path);

    private List<string> Read()
    {
        try
        {
            return PrivateFile.ReadAll(path, MostBytes) is { } bytes
                ? [.. Encoding.ASCII.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries)]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An untrusted or unreadable file counts as empty: nothing is restored then.
            return [];
        }
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

using System.Security.Cryptography;
using System.Text;

namespace Hermes.Gateway.Core.Storage;

/// <summary>
/// The hashes of the definitions that operations on one service may put back: each is noted before it is named in the operation
/// journal. A journal entry whose definition is not noted here was not written by this project, and is not restored.
/// </summary>
/// <param name="path">The file, in a folder that only its owner can write to.</param>
internal sealed class WrittenDefinitions(string path)
{
    // An interrupted operation keeps the definition of before it in its entry, however many operations follow.
    private const int MostHashes = 32;
    private const int MostBytes = 64 << 10;

    /// <summary>Whether a definition of this text was noted.</summary>
    public bool Has(string text) => Read().Contains(HashOf(text), StringComparer.Ordinal);

    /// <summary>Notes a definition, durably before whatever is written after it.</summary>
    /// <exception cref="IOException">It could not be noted.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public void Add(string text)
    {
        var hash = HashOf(text);
        var hashes = Read();
        if (hashes.Contains(hash, StringComparer.Ordinal)) return;
        hashes.Add(hash);
        AtomicFile.Write(
            path, string.Concat(hashes.TakeLast(MostHashes).Select(one => one + "\n")), PrivateFile.Mode, Durability.Durable);
    }

    /// <summary>Forgets all of them.</summary>
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
            // What cannot be trusted, or read, vouches for nothing.
            return [];
        }
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

using System.Text;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Reads definition files as facts.</summary>
internal static class DefinitionFile
{
    // Real definitions are a few kilobytes; anything near this is not one, and must not fill the memory.
    internal const long MaxBytes = 4 << 20;

    // A lenient reader would hide what the manager refuses.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads what stands at <paramref name="path"/>.</summary>
    /// <param name="path">The definition's path.</param>
    /// <param name="understand">Gives the text's meaning; null when it has none in this format.</param>
    /// <param name="decode">Gives the text of a file that is not text in this format; null when it cannot.</param>
    public static InstalledFacts Read(
        string path, Func<string, DefinitionContent?> understand, Func<byte[], string?>? decode = null)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is { } target)
                return new InstalledFacts(InstalledKind.Linked, null, null, false, $"a link to {target}");
            if (Directory.Exists(path)) return Unreadable("a folder");
            if (!file.Exists) return new InstalledFacts(InstalledKind.Missing, null, null, false, "no file");
            // A pipe would be waited for, and a device has no end.
            if (FileEntry.IsRegularFile(path) == false) return Unreadable("no regular file");
            if (file.Length > MaxBytes) return Unreadable($"{file.Length} bytes");

            var bytes = File.ReadAllBytes(path);
            var text = decode?.Invoke(bytes) ?? Strict.GetString(bytes);
            return understand(text) is { } content
                ? new InstalledFacts(InstalledKind.Present, text, content, File.Exists(content.Source), "on disk")
                : new InstalledFacts(InstalledKind.Unreadable, text, null, false, "not a definition");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Gone between the look and the read: that is what "no file" means.
            return new InstalledFacts(InstalledKind.Missing, null, null, false, "no file");
        }
        catch (DecoderFallbackException)
        {
            return Unreadable("not UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable(e.Message);
        }
    }

    private static InstalledFacts Unreadable(string evidence) =>
        new(InstalledKind.Unreadable, null, null, false, evidence);
}

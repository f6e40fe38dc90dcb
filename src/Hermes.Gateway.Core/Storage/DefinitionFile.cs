using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Reads definitions from disk.</summary>
internal static class DefinitionFile
{
    // Real definitions have a few kilobytes. A larger file must not fill the memory.
    internal const long MaxBytes = 4 << 20;

    // A lenient decoder would hide bytes that the manager refuses.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a definition. <paramref name="parse"/> returns null for text that is no definition, and
    /// <paramref name="decode"/> for bytes that are not in a binary format of the manager.</summary>
    public static InstalledFacts Read(string path, Func<string, DefinitionContent?> parse, Func<byte[], string?>? decode = null)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is { } target) return WithoutText(InstalledKind.Linked, $"a link to {target}");
            if (Directory.Exists(path)) return WithoutText(InstalledKind.Unreadable, "a folder");
            if (!file.Exists) return WithoutText(InstalledKind.Missing, "no file");
            // Opening a pipe would block, and a device has no end.
            if (FileEntry.IsRegularFile(path) == false) return WithoutText(InstalledKind.Unreadable, "no regular file");
            if (file.Length > MaxBytes) return WithoutText(InstalledKind.Unreadable, $"{file.Length} bytes");

            var bytes = File.ReadAllBytes(path);
            var text = decode?.Invoke(bytes) ?? StrictUtf8.GetString(bytes);
            return parse(text) is { } content
                ? new InstalledFacts(InstalledKind.Present, text, content, File.Exists(content.Source), "on disk")
                : new InstalledFacts(InstalledKind.Unreadable, text, null, false, "not a definition");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Deleted since the check above.
            return WithoutText(InstalledKind.Missing, "no file");
        }
        catch (DecoderFallbackException)
        {
            return WithoutText(InstalledKind.Unreadable, "not UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return WithoutText(InstalledKind.Unreadable, e.Message);
        }
    }

    private static InstalledFacts WithoutText(InstalledKind kind, string evidence) => new(kind, null, null, false, evidence);
}

using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Writes whole files so that a reader, or a crash, sees either the old text or the new, never a part.</summary>
public static class AtomicFile
{
    /// <summary>Mode 0600, for what only the owner may read.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string Prefix = ".hermes-gateway.";
    private const string Suffix = ".tmp";

    // Nobody writes one file for so long; what is older was left by a process that was killed.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromMinutes(10);

    private const UnixFileMode PublicRead = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Replaces <paramref name="path"/> by <paramref name="text"/> (UTF-8, mode 0644), durably.</summary>
    /// <exception cref="IOException">The file could not be written; the old one is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static void Write(string path, string text) => Write(path, text, PublicRead);

    /// <summary>Likewise, in another <paramref name="mode"/>, which the text never is without.</summary>
    /// <exception cref="IOException">The file could not be written; the old one is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static void Write(string path, string text, UnixFileMode mode)
    {
        var folder = Path.GetDirectoryName(path)!;
        // Not of the name: with anything added, the longest one would be too long.
        var temporary = Path.Combine(folder, $"{Prefix}{Path.GetRandomFileName()}{Suffix}");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                UnixCreateMode = mode,
            };
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            // The caller's umask may have taken bits away; the manager must be able to read the file.
            File.SetUnixFileMode(temporary, mode);
            Sweep(folder, File.GetLastWriteTimeUtc(temporary));
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            // Whatever went wrong is told by the exception; only the half-written file is not to stay.
            File.Delete(temporary);
            throw;
        }

        NativeMethods.SyncFolder(folder);
    }

    // By the file system's own clock, which gave all of these files their times.
    private static void Sweep(string folder, DateTime now)
    {
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}"))
                if (now - File.GetLastWriteTimeUtc(file) > LongestWrite) File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Litter is no reason not to write.
        }
    }
}

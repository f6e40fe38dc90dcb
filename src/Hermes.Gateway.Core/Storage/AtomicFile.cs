using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Storage;

/// <summary>The content of a written file after a power cut. After a crash of the writer alone, it is always the old or the new one.</summary>
internal enum Durability
{
    /// <summary>Undefined: for files that are worthless after a power cut, and whose reader detects damage.</summary>
    None,

    /// <summary>The old or the new file, each whole: its content is flushed, not its folder, which many writes share.</summary>
    Whole,

    /// <summary>The new file: the folder is flushed too.</summary>
    Durable,
}

/// <summary>Writes whole files so that a reader, also after a crash, sees either the old text or the new, never a part.</summary>
public static class AtomicFile
{
    /// <summary>Mode 0600: only the owner may read the file.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const string Prefix = ".hermes-gateway.";
    private const string Suffix = ".tmp";

    // Longer than any write: older temporary files are of killed processes.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromMinutes(10);

    private const int MostSweptFolders = 1000;

    private static readonly HashSet<string> SweptFolders = new(StringComparer.Ordinal);

    private static long _sweptSince = Environment.TickCount64;

    /// <summary>Durably replaces or creates a regular file; leaves a link, folder, device, FIFO or socket as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its new text (UTF-8).</param>
    /// <param name="mode">Its mode; null for the one that the caller's umask gives, whatever the replaced file's was.</param>
    /// <exception cref="IOException">The path names something else, or the write failed; the old file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The caller lacks the right to write it; the old one is unchanged.</exception>
    public static void WriteRegular(string path, string text, UnixFileMode? mode)
    {
        RegularFile.Require(path);
        Write(path, text, mode);
    }

    /// <summary>Replaces or creates a file (UTF-8; by default mode 0644, durably). Any exception leaves the old file unchanged.</summary>
    internal static void Write(string path, string text, UnixFileMode? mode = Public, Durability durability = Durability.Durable)
    {
        var folder = Path.GetDirectoryName(path)!;
        // Does not contain the file's name, which may have the greatest length already.
        var temporary = Path.Combine(folder, $"{Prefix}{Path.GetRandomFileName()}{Suffix}");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, UnixCreateMode = mode,
                BufferSize = 0, // The text is written in one piece.
            };
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                // The umask may have removed rights that the manager needs.
                if (mode is { } exact) File.SetUnixFileMode(stream.SafeFileHandle, exact);
                if (durability != Durability.None) stream.Flush(flushToDisk: true);
            }

            if (IsSweepDue(folder)) DeleteAbandonedFiles(folder, File.GetLastWriteTimeUtc(temporary));
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        if (durability == Durability.Durable) NativeMethods.SyncFolder(folder);
    }

    // Each folder once in ten minutes: listing a folder of thousands for each file written to it would cost more than the write.
    private static bool IsSweepDue(string folder)
    {
        lock (SweptFolders)
        {
            if (SweptFolders.Count == MostSweptFolders || Environment.TickCount64 - _sweptSince > LongestWrite.TotalMilliseconds)
            {
                SweptFolders.Clear();
                _sweptSince = Environment.TickCount64;
            }

            return SweptFolders.Add(folder);
        }
    }

    // The time is the file system's own, which can differ from this machine's clock. Abandoned files must not prevent the write.
    private static void DeleteAbandonedFiles(string folder, DateTime now) => FileErrors.Ignore(() =>
    {
        foreach (var file in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}"))
            if (now - File.GetLastWriteTimeUtc(file) > LongestWrite) File.Delete(file);
    });
}

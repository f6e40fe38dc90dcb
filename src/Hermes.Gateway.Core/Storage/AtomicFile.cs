using System.Text;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Writes whole files so that a reader, or a crash, sees either the old text or the new, never a part.</summary>
public static class AtomicFile
{
    /// <summary>Mode 0600, for what only the owner may read.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Mode 0644, for what everybody may read.</summary>
    internal const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const string Prefix = ".hermes-gateway.";
    private const string Suffix = ".tmp";

    // Nobody writes one file for so long; what is older was left by a process that was killed.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromMinutes(10);

    private const int MostSwept = 1000;

    private static readonly HashSet<string> Swept = new(StringComparer.Ordinal);

    private static long _sweptSince = Environment.TickCount64;

    /// <summary>Replaces <paramref name="path"/> by <paramref name="text"/> (UTF-8, mode 0644), durably.</summary>
    /// <exception cref="IOException">The file could not be written; the old one is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static void Write(string path, string text) => Write(path, text, Public);

    /// <summary>Likewise, in another <paramref name="mode"/>, which the text never is without.</summary>
    /// <exception cref="IOException">The file could not be written; the old one is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static void Write(string path, string text, UnixFileMode mode) =>
        Write(path, text, mode, Durability.Durable);

    /// <summary>Replaces or creates a regular file, durably, and refuses a path that names anything else: a symbolic link,
    /// a folder, a device, a FIFO or a socket stays as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its new text (UTF-8).</param>
    /// <param name="mode">Its mode; null for the one that the caller's umask gives, whatever the replaced file's was.</param>
    /// <exception cref="IOException">The path names something else, or the file could not be written; the old one is still
    /// there.</exception>
    /// <exception cref="UnauthorizedAccessException">The file could not be written for lack of rights; the old one is still
    /// there.</exception>
    public static void WriteRegular(string path, string text, UnixFileMode? mode)
    {
        RegularFile.Require(path);
        Write(path, Encoding.UTF8.GetBytes(text), [], mode, Durability.Durable);
    }

    /// <summary>Likewise, with less care for what a power cut leaves of it.</summary>
    /// <exception cref="IOException">The file could not be written; the old one is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    internal static void Write(string path, string text, UnixFileMode mode, Durability durability) =>
        Write(path, Encoding.UTF8.GetBytes(text), [], mode, durability);

    /// <summary>Likewise, by bytes, in two pieces; without a mode, that of the caller's umask.</summary>
    /// <exception cref="IOException">The file could not be written; the old one is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    internal static void Write(
        string path, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> more, UnixFileMode? mode, Durability durability)
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
                // It is written in one or two pieces.
                BufferSize = 0,
            };
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(bytes);
                stream.Write(more);
                // The caller's umask may have taken bits away; the manager must be able to read the file.
                if (mode is { } exact) File.SetUnixFileMode(stream.SafeFileHandle, exact);
                if (durability != Durability.None) stream.Flush(flushToDisk: true);
            }

            if (IsSweepDue(folder)) Sweep(folder, File.GetLastWriteTimeUtc(temporary));
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            // Whatever went wrong is told by the exception; only the half-written file is not to stay.
            File.Delete(temporary);
            throw;
        }

        if (durability == Durability.Durable) NativeMethods.SyncFolder(folder);
    }

    // To look through a folder of thousands for each file that is written to it would cost more than the file.
    private static bool IsSweepDue(string folder)
    {
        lock (Swept)
        {
            if (Swept.Count == MostSwept || Environment.TickCount64 - _sweptSince > LongestWrite.TotalMilliseconds)
            {
                Swept.Clear();
                _sweptSince = Environment.TickCount64;
            }

            return Swept.Add(folder);
        }
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

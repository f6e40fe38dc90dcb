using Hermes.Gateway.Core.Host;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Appends to a file to which other builds append at the same moment.</summary>
public static class AppendedFile
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Appends <paramref name="text"/> (UTF-8) as one piece, on a line of its own.</summary>
    /// <param name="path">The file; a missing one is created with the mode that the caller's umask gives.</param>
    /// <param name="text">The text.</param>
    /// <param name="atMost">How long to wait while another process has the file open.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The file could not be written, another process had it open all that time, or the path
    /// names something other than a regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">The caller lacks the right to write it.</exception>
    public static void Append(string path, string text, TimeSpan atMost, TimeProvider time)
    {
        SafeFileHandle? opened = null;
        new Deadline(time, atMost).PollUntil(() => (opened = TryOpen(path)) is not null, Interval, CancellationToken.None);
        using var file = opened ?? throw new IOException($"another process had it open for {atMost.TotalSeconds:0.#} s");
        var end = RandomAccess.GetLength(file);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(end > 0 ? "\n" + text : text), end);
    }

    /// <summary>Opens a file for appending and locks it (flock(2), as the BCL does for <see cref="FileShare.None"/>), or creates
    /// it. Returns null while another process holds the lock.</summary>
    internal static SafeFileHandle? TryOpen(string path)
    {
        if (RegularFile.Open(path, NativeMethods.OpenMode.Append) is not { } file) return TryCreate(path);
        if (NativeMethods.TryLock(file)) return file;
        file.Dispose();
        return null;
    }

    // By the BCL: a mode is a variadic argument of open(2), which P/Invoke passes wrongly on Apple's arm64.
    private static SafeFileHandle? TryCreate(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        }
        catch (IOException) when (FileEntry.EntryOf(path) is not null)
        {
            // Another process created it at the same moment; the next attempt opens it.
            return null;
        }
    }
}

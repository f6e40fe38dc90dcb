using System.Runtime.InteropServices;
using Hermes.Gateway.Core.Host;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Opens regular files, and nothing else: no symbolic link is followed, and a FIFO or a device is neither waited
/// for nor written to.</summary>
internal static class RegularFile
{
    /// <summary>Describes what a path names when that is neither a regular file nor missing, as in "it is a named pipe
    /// (FIFO)"; null otherwise.</summary>
    public static string? FindProblem(string path) =>
        FileEntry.EntryOf(path) is { Type: not FileType.Regular and var type } ? Describe(type, path) : null;

    /// <summary>Fails for a path that names something other than a regular file. A missing file is none.</summary>
    /// <exception cref="IOException">The path names a link, folder, device, FIFO or socket.</exception>
    public static void Require(string path)
    {
        if (FindProblem(path) is { } problem) throw NotRegular(problem);
    }

    /// <summary>Opens a regular file for appending and locks it (flock(2), as the BCL does for <see cref="FileShare.None"/>);
    /// creates a missing one with the mode that the caller's umask gives. Never waits.</summary>
    /// <returns>The file; null while another process holds the lock.</returns>
    /// <exception cref="IOException">The file cannot be opened, or the path names something other than a regular
    /// file.</exception>
    /// <exception cref="UnauthorizedAccessException">The caller may not create the file.</exception>
    public static SafeFileHandle? OpenForAppend(string path)
    {
        if (Open(path, NativeMethods.OpenMode.Append) is not { } handle) return Create(path);
        try
        {
            if (NativeMethods.TryLock(handle)) return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Opens a regular file. Never waits.</summary>
    /// <returns>The file; null when there is none.</returns>
    /// <exception cref="IOException">The file cannot be opened, or the path names something other than a regular
    /// file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file's mode, or a folder's, does not allow it.</exception>
    public static SafeFileHandle? Open(string path, NativeMethods.OpenMode mode)
    {
        // Opening a device can already have an effect, so its type is read first. What the path names can change before the
        // open; then O_NOFOLLOW, O_NONBLOCK and the type of the opened file protect as well.
        Require(path);
        var handle = NativeMethods.OpenNoFollow(path, mode, out var error);
        if (handle is null && error == NativeMethods.NoEntry) return null;
        if (handle is null)
            throw FindProblem(path) is { } problem ? NotRegular(problem)
                : error == NativeMethods.AccessDenied ? new UnauthorizedAccessException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}")
                : new IOException(Marshal.GetPInvokeErrorMessage(error));
        if (FileEntry.EntryOf(handle) is null or { Type: FileType.Regular }) return handle;
        handle.Dispose();
        throw NotRegular(FindProblem(path) ?? "it was no regular file when it was opened");
    }

    // The BCL creates it: a mode is a variadic argument of open(2), which P/Invoke passes wrongly on Apple's arm64.
    private static SafeFileHandle? Create(string path)
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

    private static IOException NotRegular(string problem) =>
        new($"{problem}, and only a regular file is written or replaced. It was left as it is.");

    private static string Describe(FileType type, string path) => type switch
    {
        FileType.SymbolicLink => $"it is a symbolic link to {RealPath.LinkTarget(path) ?? "another file"}",
        FileType.Folder => "it is a folder",
        FileType.Fifo => "it is a named pipe (FIFO)",
        FileType.Socket => "it is a socket",
        FileType.CharacterDevice or FileType.BlockDevice => "it is a device",
        _ => "it is no regular file",
    };
}

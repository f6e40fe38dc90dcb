using System.Runtime.InteropServices;
using Hermes.Gateway.Core.Host;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Opens regular files only. Never follows a symbolic link, and never waits for or writes to a FIFO or a device.</summary>
internal static class RegularFile
{
    /// <summary>Describes an entry that is neither a regular file nor missing, as in "it is a named pipe (FIFO)".</summary>
    public static string? FindProblem(string path) =>
        FileEntry.EntryOf(path) is { Type: not FileType.Regular and var type } ? Describe(type, path) : null;

    /// <summary>Throws an <see cref="IOException"/> for an entry that is neither a regular file nor missing.</summary>
    public static void Require(string path)
    {
        if (FindProblem(path) is { } problem) throw NotRegular(problem);
    }

    /// <summary>Opens a regular file without waiting; null when it is missing.</summary>
    /// <exception cref="IOException">The file cannot be opened, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">The mode of the file or of a folder forbids it.</exception>
    public static SafeFileHandle? Open(string path, NativeMethods.OpenMode mode)
    {
        // Opening a device can have an effect, so its type is read first. The entry can be exchanged before the open; then
        // O_NOFOLLOW, O_NONBLOCK and the check of the opened file protect.
        Require(path);
        var handle = NativeMethods.OpenNoFollow(path, mode, out var error);
        if (handle is null && error == NativeMethods.NoEntry) return null;
        if (handle is null)
        {
            var message = Marshal.GetPInvokeErrorMessage(error);
            throw FindProblem(path) is { } problem ? NotRegular(problem)
                : error == NativeMethods.AccessDenied ? new UnauthorizedAccessException($"{path}: {message}")
                : new IOException(message);
        }

        if (FileEntry.EntryOf(handle) is null or { Type: FileType.Regular }) return handle;
        handle.Dispose();
        throw NotRegular(FindProblem(path) ?? "it was no regular file when it was opened");
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

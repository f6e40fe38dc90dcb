using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Storage;

/// <summary>
/// Opens files of this project's own state: locks, journal entries, records. Accepts only a regular file that belongs to this
/// account or to root and that no other account can write to; never follows a link, never waits for a pipe or a device. Every
/// method throws <see cref="UntrustedPathException"/> for any other file.
/// </summary>
/// <remarks>Checks the file alone. The caller has checked its folder with <see cref="StateFolders"/>.</remarks>
internal static class PrivateFile
{
    /// <summary>Opens a file for reading; null when it is missing.</summary>
    public static SafeFileHandle? OpenForReading(string path) => OpenExisting(path, NativeMethods.OpenMode.Read);

    /// <summary>Opens a file for reading and writing; null when it is missing.</summary>
    public static SafeFileHandle? OpenForWriting(string path) => OpenExisting(path, NativeMethods.OpenMode.ReadAndWrite);

    /// <summary>Opens a file for reading and writing, and creates a missing one with mode 0600, whatever the umask. A file of this
    /// account that others can write to, as an earlier version created it, gets that mode.</summary>
    /// <param name="path">The file.</param>
    /// <param name="acceptsAnyOwner">Whether any account may own it: only for folders to which only trusted accounts can write.</param>
    public static SafeFileHandle OpenOrCreate(string path, bool acceptsAnyOwner = false)
    {
        if (OpenAndRepair(path, acceptsAnyOwner) is { } existing) return existing;
        try
        {
            // Fails for any existing entry, also a link (O_EXCL).
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = AtomicFile.Private };
            using var created = new FileStream(path, options);
        }
        catch (IOException) when (FileEntry.EntryOf(path) is not null)
        {
            // Another process created it at the same moment.
        }

        return OpenAndRepair(path, acceptsAnyOwner) ?? throw new IOException($"{path} was removed while it was being opened.");
    }

    /// <summary>Reads a whole file; null when it is missing. A longer file than <paramref name="maxBytes"/> is an
    /// <see cref="IOException"/>.</summary>
    public static byte[]? ReadAll(string path, int maxBytes)
    {
        using var file = OpenForReading(path);
        if (file is null) return null;
        var length = RandomAccess.GetLength(file);
        if (length > maxBytes) throw new IOException($"{path} has {length} bytes, more than {maxBytes}.");
        var bytes = new byte[length];
        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..read];
    }

    private static SafeFileHandle? OpenAndRepair(string path, bool acceptsAnyOwner)
    {
        if (Open(path, NativeMethods.OpenMode.ReadAndWrite) is not { } file) return null;
        try
        {
            if (Check(path, file) is not { } part) return file;
            if (part.IsOwner && !acceptsAnyOwner) throw RefusalOf(part.ToString(), path);
            if (part.IsWritableByOthers) File.SetUnixFileMode(file, AtomicFile.Private);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SafeFileHandle? OpenExisting(string path, NativeMethods.OpenMode mode)
    {
        if (Open(path, mode) is not { } file) return null;
        if (Check(path, file) is not { } part) return file;
        using (file) throw RefusalOf(part.ToString(), path);
    }

    private static SafeFileHandle? Open(string path, NativeMethods.OpenMode mode) =>
        RegularFile.FindProblem(path) is { } problem
            ? throw RefusalOf($"{path} is not trusted: {problem}", path)
            : RegularFile.Open(path, mode);

    // Where the C library cannot stat an open file, the check is skipped; its folder was checked before.
    private static UntrustedPart? Check(string path, SafeFileHandle file) =>
        FileEntry.EntryOf(file) is var (type, rights) ? PathTrust.Check(path, type, rights, PathTrust.RootAndCaller) : null;

    private static UntrustedPathException RefusalOf(string reason, string path) =>
        new(path, reason, ShellText.Quote(["mv", path, $"{path}.untrusted"]));
}

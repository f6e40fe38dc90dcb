using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Storage;

/// <summary>
/// Opens files of this project's own state: locks, journal entries, records. Only a regular file counts that belongs to this
/// account or to root and that no other account can write to; a link, a pipe or a device is never followed or waited for.
/// </summary>
/// <remarks>Checks the file alone. The caller has checked its folder with <see cref="StateFolders"/>.</remarks>
internal static class PrivateFile
{
    /// <summary>Mode 0600, whatever the umask.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens a file for reading.</summary>
    /// <returns>The file; null when there is none.</returns>
    /// <exception cref="UntrustedPathException">It is not a regular file, or another account owns it or can write to it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static SafeFileHandle? OpenForReading(string path) => OpenExisting(path, NativeMethods.OpenMode.Read);

    /// <summary>Opens a file for reading and writing, without a lock.</summary>
    /// <inheritdoc cref="OpenForReading"/>
    public static SafeFileHandle? OpenForWriting(string path) => OpenExisting(path, NativeMethods.OpenMode.ReadAndWrite);

    /// <summary>Opens a file for reading and writing, and creates it with mode 0600 when there is none. One of this account's
    /// that an earlier version left open to others gets that mode.</summary>
    /// <param name="path">The file.</param>
    /// <param name="acceptsAnyOwner">Whether any account may own the file: only for folders that trusted accounts alone can write to.</param>
    /// <exception cref="UntrustedPathException">It is not a regular file, or another account owns it.</exception>
    /// <exception cref="IOException">It cannot be opened or created.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static SafeFileHandle OpenOrCreate(string path, bool acceptsAnyOwner = false)
    {
        if (OpenAndRepair(path, acceptsAnyOwner) is { } existing) return existing;
        try
        {
            // Fails when anything stands there, a link too (O_EXCL).
            using var created = new FileStream(
                path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Mode });
        }
        catch (IOException) when (FileEntry.EntryOf(path) is not null)
        {
            // Another process was faster.
        }

        return OpenAndRepair(path, acceptsAnyOwner) ?? throw new IOException($"{path} was removed while it was being opened.");
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that one of ours has.</param>
    /// <returns>Its bytes; null when there is none.</returns>
    /// <exception cref="UntrustedPathException">It is not a regular file, or another account owns it or can write to it.</exception>
    /// <exception cref="IOException">It cannot be read, or is longer.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static byte[]? ReadAll(string path, int most)
    {
        using var file = OpenForReading(path);
        if (file is null) return null;
        var length = RandomAccess.GetLength(file);
        if (length > most) throw new IOException($"{path} has {length} bytes, more than {most}.");
        var bytes = new byte[length];
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is var count and > 0) read += count;
        return read == bytes.Length ? bytes : bytes[..read];
    }

    private static SafeFileHandle? OpenAndRepair(string path, bool acceptsAnyOwner)
    {
        if (Open(path, NativeMethods.OpenMode.ReadAndWrite) is not { } file) return null;
        try
        {
            if (Check(path, file) is not { } part) return file;
            if (part.IsOwner && !acceptsAnyOwner) throw Refuse(part.ToString(), path);
            if (part.IsWritableByOthers) File.SetUnixFileMode(file, Mode);
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
        using (file) throw Refuse(part.ToString(), path);
    }

    private static SafeFileHandle? Open(string path, NativeMethods.OpenMode mode) =>
        RegularFile.FindProblem(path) is { } problem
            ? throw Refuse($"{path} is not trusted: {problem}", path)
            : RegularFile.Open(path, mode);

    // If the runtime cannot stat an open file, the check is skipped; its folder was checked before.
    private static UntrustedPart? Check(string path, SafeFileHandle file) =>
        FileEntry.EntryOf(file) is var (type, rights) ? PathTrust.Check(path, type, rights, PathTrust.RootAndCaller) : null;

    private static UntrustedPathException Refuse(string reason, string path) =>
        new(path, reason, ShellText.Quote(["mv", path, $"{path}.untrusted"]));
}

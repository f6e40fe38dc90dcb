using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Opens files of this project's own state: locks, journal entries, records. Accepts only a regular file that belongs to
/// this account or to root and that no other account can write to, and throws <see cref="UntrustedPathException"/> for any other;
/// never follows a link, never waits for a pipe or a device.</summary>
/// <remarks>Checks the file alone. The caller has checked its folder with <see cref="StateFolders"/>.</remarks>
internal static class PrivateFile
{
    /// <summary>Opens a file for reading; null when it is missing.</summary>
    public static SafeFileHandle? OpenForReading(string path) => Open(path, NativeMethods.OpenMode.Read);

    /// <summary>Opens a file for reading and writing; null when it is missing.</summary>
    public static SafeFileHandle? OpenForWriting(string path) => Open(path, NativeMethods.OpenMode.ReadAndWrite);

    /// <summary>Opens a file for reading and writing, and creates a missing one with mode 0600, whatever the umask. A file of this
    /// account that others can write to, as an earlier version created it, gets that mode.</summary>
    /// <param name="path">The file.</param>
    /// <param name="acceptsAnyOwner">Whether any account may own it: only for folders to which only trusted accounts can write.</param>
    public static SafeFileHandle OpenOrCreate(string path, bool acceptsAnyOwner = false)
    {
        if (OpenAndRepair() is { } existing) return existing;
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

        return OpenAndRepair() ?? throw new IOException($"{path} was removed while it was being opened.");

        SafeFileHandle? OpenAndRepair() =>
            Open(path, NativeMethods.OpenMode.ReadAndWrite, canRepair: part => !part.IsOwner || acceptsAnyOwner);
    }

    /// <summary>Reads a whole file; null when it is missing. A file above the limit is an <see cref="IOException"/>.</summary>
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

    private static SafeFileHandle? Open(string path, NativeMethods.OpenMode mode, Func<UntrustedPart, bool>? canRepair = null)
    {
        if (RegularFile.FindProblem(path) is { } problem) throw ExceptionOf($"{path} is not trusted: {problem}", path);
        if (RegularFile.Open(path, mode) is not { } file) return null;
        try
        {
            // Where the C library cannot stat an open file, the check is skipped; its folder was checked before.
            if (FileEntry.EntryOf(file) is not var (type, rights)
                || PathTrust.Check(path, type, rights, PathTrust.RootAndCaller) is not { } part)
                return file;
            if (canRepair?.Invoke(part) != true) throw ExceptionOf(part.ToString(), path);
            if (part.IsWritableByOthers) File.SetUnixFileMode(file, AtomicFile.Private);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static UntrustedPathException ExceptionOf(string reason, string path) =>
        new(path, reason, ShellText.Quote(["mv", path, $"{path}.untrusted"]));
}

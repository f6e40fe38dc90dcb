using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Storage;

/// <summary>
/// Opens files of this project's own state: locks, journal entries, records. Only a regular file counts that belongs to this
/// account or to root and that no other account can write to; a link, a pipe or a device is never followed or waited for.
/// </summary>
/// <remarks>The folder that a file is in must be trusted before (<see cref="StateFolders"/>): what stands there is judged
/// here, not who could exchange it.</remarks>
internal static class PrivateFile
{
    /// <summary>Mode 0600, whatever the umask.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens a file for reading.</summary>
    /// <returns>The file; null when there is none.</returns>
    /// <exception cref="UntrustedPathException">It is not a regular file, or another account owns it or can write to it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static SafeFileHandle? OpenForReading(string path) => OpenExisting(path, forWriting: false);

    /// <summary>Opens a file for reading and writing, without a lock.</summary>
    /// <inheritdoc cref="OpenForReading"/>
    public static SafeFileHandle? OpenForWriting(string path) => OpenExisting(path, forWriting: true);

    /// <summary>Opens a file for reading and writing, and creates it with mode 0600 when there is none. One of this account's
    /// that an earlier version left open to others gets that mode.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isOwnerOpen">Whether any account may own it, in a folder that only trusted accounts can write to.</param>
    /// <exception cref="UntrustedPathException">It is not a regular file, or another account owns it.</exception>
    /// <exception cref="IOException">It cannot be opened or created.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static SafeFileHandle OpenOrCreate(string path, bool isOwnerOpen = false)
    {
        if (OpenAndRepair(path, isOwnerOpen) is { } existing) return existing;
        try
        {
            // Fails when anything stands there, a link too (O_EXCL).
            using var created = new FileStream(
                path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Mode });
        }
        catch (IOException) when (RuntimeNative.LinkRightsOf(path) is not null)
        {
            // Another process was faster.
        }

        return OpenAndRepair(path, isOwnerOpen) ?? throw new IOException($"{path} was removed while it was being opened.");
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

    private static SafeFileHandle? OpenAndRepair(string path, bool isOwnerOpen)
    {
        if (Open(path, forWriting: true) is not { } file) return null;
        if (Judge(path, file, isOwnerOpen) is not { } untrusted) return file;
        try
        {
            if (untrusted.IsOwnerUntrusted || untrusted.Kind != FileKind.Regular) throw Refuse(untrusted);
            File.SetUnixFileMode(file, Mode);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SafeFileHandle? OpenExisting(string path, bool forWriting)
    {
        if (Open(path, forWriting) is not { } file) return null;
        if (Judge(path, file) is not { } untrusted) return file;
        using (file) throw Refuse(untrusted);
    }

    // A link is refused by open(2) itself, with a reason that does not say so.
    private static SafeFileHandle? Open(string path, bool forWriting)
    {
        try
        {
            return NativeMethods.OpenExisting(path, forWriting);
        }
        catch (IOException) when (RuntimeNative.LinkRightsOf(path) is { Kind: not FileKind.Regular } found)
        {
            throw Refuse(new UntrustedPart(path, found.Rights, found.Kind, Describe(found.Kind)));
        }
    }

    private static UntrustedPart? Judge(string path, SafeFileHandle file, bool isOwnerOpen = false)
    {
        // A runtime that does not tell: the folder is the caller's alone all the same.
        if (RuntimeNative.RightsOf(file) is not var (kind, rights)) return null;
        if (kind != FileKind.Regular) return new UntrustedPart(path, rights, kind, Describe(kind));
        if (!PathTrust.RootAndCaller.Contains(rights.UserId) && !isOwnerOpen)
            return new UntrustedPart(path, rights, kind, "belongs to another account") { IsOwnerUntrusted = true };
        return PathTrust.IsWritableByOthers(rights, path)
            ? new UntrustedPart(path, rights, kind, "can be written to by others")
            : null;
    }

    private static string Describe(FileKind kind) => kind switch
    {
        FileKind.Folder => "is a folder, not a file",
        FileKind.Link => "is a symbolic link, not a file",
        _ => "is a pipe, a socket or a device, not a file",
    };

    private static UntrustedPathException Refuse(UntrustedPart part) =>
        new(part.Path, part.ToString(), ShellText.Quote(["mv", part.Path, $"{part.Path}.untrusted"]));
}

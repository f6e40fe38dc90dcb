using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Core.Releases;

/// <summary>The files that a release consists of, as they are in the folder that was published.</summary>
/// <param name="Folder">The absolute path of that folder.</param>
/// <param name="Files">Its files, ordered by path.</param>
/// <param name="Revision">The hash of paths, contents and executable bits: 16 lower-case hexadecimal digits. The same files have the
/// same revision, wherever they are and whenever they were written.</param>
internal sealed partial record ReleaseContent(string Folder, ImmutableArray<ReleaseFile> Files, string Revision)
{
    /// <summary>Reads all files of a folder. Empty folders do not belong to a release.</summary>
    /// <exception cref="IOException">A file cannot be read, or is neither a regular file nor a symbolic link.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static ReleaseContent Of(string folder)
    {
        var paths = PathsIn(folder).Order(StringComparer.Ordinal).ToArray();
        ImmutableArray<ReleaseFile> files = [.. BoundedParallel.Select(paths, BoundedParallel.Files, path => Read(folder, path))];
        return new ReleaseContent(folder, files, RevisionOf(files));
    }

    /// <summary>Whether a text has the form of a revision.</summary>
    public static bool IsRevision(string text) => text.Length == 16 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Returns the hash of a file's content.</summary>
    public static string HashOf(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Enumerates the paths, below <paramref name="folder"/>, of everything in it that is not a folder. Does not follow
    /// symbolic links.</summary>
    public static IEnumerable<string> PathsIn(string folder)
    {
        var pending = new Stack<string>([folder]);
        while (pending.TryPop(out var next))
            foreach (var entry in new DirectoryInfo(next).EnumerateFileSystemInfos())
                if (entry is DirectoryInfo && entry.LinkTarget is null) pending.Push(entry.FullName);
                else yield return Path.GetRelativePath(folder, entry.FullName);
    }

    private static ReleaseFile Read(string folder, string path)
    {
        var full = Path.Combine(folder, path);
        if (RealPath.LinkTarget(full) is { } target && StaysInside(folder, full, target))
            return new ReleaseFile(path, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target))), IsExecutable: false, target);
        // Opening a pipe would block. Of a link that leads elsewhere, the content is copied.
        if (FileEntry.IsRegularFile(full) == false) throw new IOException($"{full} is neither a regular file nor a link to a file in {folder}.");
        var hash = HashOf(full);
        return new ReleaseFile(path, hash, (File.GetUnixFileMode(full) & UnixFileMode.UserExecute) != 0)
        {
            Fingerprint = IsListOfAssets(path) ? HashWithoutTimes(full) : hash,
        };
    }

    private static bool StaysInside(string folder, string link, string target) =>
        !Path.IsPathRooted(target) && RealPath.IsInside(RealPath.Of(link), RealPath.Of(folder));

    // The Web SDK writes into this file when each compressed asset was made, which is another time after each clean build of the same
    // source (measured with SDK 10.0.401).
    private static bool IsListOfAssets(string path) => path.EndsWith(".staticwebassets.endpoints.json", StringComparison.Ordinal);

    private static string HashWithoutTimes(string path) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(LastModified().Replace(File.ReadAllText(path), ""))));

    [GeneratedRegex("""\{"Name":"Last-Modified","Value":"[^"]*"\}""")]
    private static partial Regex LastModified();

    private static string RevisionOf(ImmutableArray<ReleaseFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            var kind = file.LinkTarget is not null ? "link" : file.IsExecutable ? "program" : "file";
            // No path contains the character with which the parts end.
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{kind}\0{file.Fingerprint}\0"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}

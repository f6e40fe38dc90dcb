namespace Hermes.Gateway.Core.Releases;

/// <summary>A file of a release.</summary>
/// <param name="Path">Its path below the release's folder, with <c>/</c> between the parts.</param>
/// <param name="Hash">SHA-256 of the content, or of the target of a symbolic link: 64 lower-case hexadecimal digits.</param>
/// <param name="IsExecutable">Whether its owner may execute it.</param>
/// <param name="LinkTarget">The target of a symbolic link as it is written; null for a regular file.</param>
internal sealed record ReleaseFile(string Path, string Hash, bool IsExecutable, string? LinkTarget = null)
{
    /// <summary>The hash that the release's revision is computed from: <see cref="Hash"/>, or that of the content without times, for a file
    /// into which the build writes times.</summary>
    public string Fingerprint { get; init; } = Hash;
}

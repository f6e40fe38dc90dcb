using System.Text.Json;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Releases;

/// <summary>The description of a release: the file <c>service.json</c> in it (<c>docs/service.schema.json</c>).</summary>
internal sealed record ReleaseManifest
{
    public const int CurrentSchema = 1;

    // A release of some ten thousand files, such as a Node program with its packages.
    private const int MaxBytes = 64 << 20;

    public required int Schema { get; init; }

    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary><see cref="ReleaseContent.Revision"/>.</summary>
    public required string Revision { get; init; }

    /// <summary>The revision of the source that the program was built from, such as a commit; null when the build does not know it.
    /// </summary>
    public string? SourceRevision { get; init; }

    /// <summary>The project file.</summary>
    public required string Project { get; init; }

    /// <summary>When the release was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The user id of the account that made it.</summary>
    public required uint UserId { get; init; }

    public required ImmutableArray<ManifestFile> Files { get; init; }

    /// <summary>Reads the manifest of the release in <paramref name="folder"/>; null when it is missing, malformed or of another schema, when it
    /// cannot be read, or when an account other than root and this one could have written it.</summary>
    public static ReleaseManifest? Read(string folder)
    {
        try
        {
            var bytes = PrivateFile.ReadAll(Path.Combine(folder, ReleaseFolders.ManifestName), MaxBytes);
            var manifest = bytes is null ? null : JsonSerializer.Deserialize(bytes, CoreJson.Default.ReleaseManifest);
            return manifest is { Schema: CurrentSchema, Files.IsDefault: false } ? manifest : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public string ToJson() => CoreJson.ToText(this, CoreJson.Default.ReleaseManifest, isIndented: true);
}

/// <summary>A file of a release as its manifest describes it.</summary>
/// <param name="Path"><see cref="ReleaseFile.Path"/>.</param>
/// <param name="Hash"><see cref="ReleaseFile.Hash"/>.</param>
/// <param name="Size">Its length in bytes; 0 for a link.</param>
/// <param name="Modified">When its content was written, in ticks (100 ns) since the year 1, UTC; 0 for a link. Together with the size it
/// shows that a file was changed, without reading it.</param>
/// <param name="Executable"><see cref="ReleaseFile.IsExecutable"/>.</param>
/// <param name="Link"><see cref="ReleaseFile.LinkTarget"/>.</param>
internal sealed record ManifestFile(string Path, string Hash, long Size, long Modified, bool Executable, string? Link = null);

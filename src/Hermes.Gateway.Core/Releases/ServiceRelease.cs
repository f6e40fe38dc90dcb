using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Releases;

/// <summary>The release that a service is to run, and what is kept of earlier ones.</summary>
/// <param name="Folders">Where the service's releases are.</param>
/// <param name="Revision">The release's revision.</param>
internal sealed record ServiceRelease(ReleaseFolders Folders, string Revision)
{
    /// <summary>The settings with which the service runs from it: those of the project, or those recorded with an earlier release.</summary>
    public required ReleaseSettings Settings { get; init; }

    /// <summary>The settings of the project, when <see cref="Settings"/> are others; null when they are the same.</summary>
    public ReleaseSettings? UnusedSettings { get; init; }

    /// <summary>The revision of the current release when the request was made; null when there was none.</summary>
    public string? Current { get; init; }

    /// <summary>The rollback by hand to <see cref="Current"/>; null unless the service stands where such a rollback put it.</summary>
    public ManualRollback? RolledBack { get; init; }

    /// <summary>Whether a rollback by hand asks for this release.</summary>
    public bool IsManualRollback { get; init; }

    /// <summary>The published files; null when there are none, so that only a release that is there already can be run.</summary>
    public ReleaseContent? Content { get; init; }

    /// <summary>The file with the paths of all files that the build wrote; it may be missing.</summary>
    public string BuildList { get; init; } = "";

    /// <summary>Why the published files cannot be read, as the end of a sentence; null when they can, or when there are none.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the project was built after it was published, so that these are not the files that it would publish.</summary>
    public bool IsBuildNewer { get; init; }

    /// <summary><see cref="ReleaseManifest.SourceRevision"/>.</summary>
    public string? SourceRevision { get; init; }

    /// <summary>How many verified releases beside the current one are kept.</summary>
    public int KeepCount { get; init; } = DefaultKept;

    public const int DefaultKept = 3;

    /// <summary>The folder that the definition points into.</summary>
    public string Folder => Folders.Of(Revision);

    /// <summary>Whether a path is in the release.</summary>
    public bool Contains(string path) => RealPath.IsInside(path, Folder);

    /// <summary>Returns the published file that is copied to <paramref name="path"/>, an absolute path in the release; null when none is.
    /// </summary>
    public ReleaseFile? FindFile(string path) =>
        Content?.Files.FirstOrDefault(file => Path.Combine(Folder, file.Path) == path);
}

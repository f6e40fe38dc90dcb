using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Core.Releases;

/// <summary>The observed release of a service.</summary>
/// <param name="State">Its state.</param>
/// <param name="Evidence">A few words for people.</param>
internal sealed record ReleasedFacts(ReleasedState State, string Evidence)
{
    public static ReleasedFacts InPlace { get; } = new(ReleasedState.InPlace, "the service has no releases");
}

/// <summary>Observes a release on disk, by its manifest: that every file is there with its size, time and mode, and no other one. Reads
/// no content.</summary>
internal static class ReleaseObserver
{
    public static ReleasedFacts Observe(ServiceRelease release)
    {
        var (folder, revision) = (release.Folder, release.Revision);
        if (release.IsBuildNewer)
            return new ReleasedFacts(ReleasedState.Missing, Directory.Exists(folder)
                ? $"the current build is not published; release {revision} is of an earlier one"
                : "the current build is not published");
        if (!Directory.Exists(folder))
            return new ReleasedFacts(ReleasedState.Missing, release.Content is null ? "there is no release" : $"there is no release {revision}");
        if (PathTrust.FindUntrusted(folder, PathTrust.RootAndCaller) is { } part) return Damaged($"{part}");
        if (ReleaseManifest.Read(folder) is not { } manifest || manifest.Revision != revision) return Damaged($"its {ReleaseFolders.ManifestName} cannot be used");
        try
        {
            return FindDifference(folder, manifest) is { } difference
                ? Damaged(difference)
                : new ReleasedFacts(ReleasedState.Current, string.Create(
                    CultureInfo.InvariantCulture, $"release {revision}, {manifest.Files.Length} files, made {manifest.Created:u}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Damaged(e.Message);
        }

        ReleasedFacts Damaged(string reason) => new(ReleasedState.Damaged, $"release {revision}: {reason}");
    }

    private static string? FindDifference(string folder, ReleaseManifest manifest)
    {
        var unknown = ReleaseContent.PathsIn(folder).ToHashSet(StringComparer.Ordinal);
        unknown.Remove(ReleaseFolders.ManifestName);
        foreach (var file in manifest.Files)
        {
            if (!unknown.Remove(file.Path)) return $"{file.Path} is gone";
            if (!IsUnchanged(Path.Combine(folder, file.Path), file)) return $"{file.Path} was changed";
        }

        return unknown.Count > 0 ? $"{unknown.Min(StringComparer.Ordinal)} was added" : null;
    }

    /// <summary>Whether a release has files that no deploy wrote, or may have. Removed files do not count.</summary>
    public static bool HasFilesOfOthers(string folder)
    {
        if (ReleaseManifest.Read(folder) is not { } manifest) return true;
        var files = manifest.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return ReleaseContent.PathsIn(folder).Any(path =>
            path != ReleaseFolders.ManifestName && !(files.TryGetValue(path, out var file) && IsUnchanged(Path.Combine(folder, path), file)));
    }

    /// <summary>Whether a file of a release is as it was when the release was made.</summary>
    public static bool IsUnchanged(string path, ManifestFile file)
    {
        var info = new FileInfo(path);
        if (file.Link is not null || info.LinkTarget is not null) return info.LinkTarget == file.Link;
        const UnixFileMode write = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        return info.Exists && info.Length == file.Size && info.LastWriteTimeUtc.Ticks == file.Modified
            && (info.UnixFileMode & write) == 0 && (info.UnixFileMode & UnixFileMode.UserExecute) != 0 == file.Executable;
    }
}

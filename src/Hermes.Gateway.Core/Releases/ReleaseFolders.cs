using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Releases;

/// <summary>The folders of one service's releases, below <c>ROOT/NAME</c>: <c>releases/REVISION</c>, and <c>current</c>, a symbolic link to
/// the release that the definition points to.</summary>
/// <param name="Root">The folder of all services' releases; an absolute path.</param>
/// <param name="Name">The service.</param>
internal sealed record ReleaseFolders(string Root, ServiceName Name)
{
    /// <summary>The file in a release that describes it (<see cref="ReleaseManifest"/>).</summary>
    public const string ManifestName = "service.json";

    // A release that is being made, one that was replaced because it was damaged, and one with files that no deploy wrote.
    private const string Staging = ".staging-";
    private const string Replaced = ".replaced-";
    private const string Aside = "aside-";
    private const string LinkPrefix = ".current-";

    public string Home => Path.Combine(Root, Name.Value);

    public string Releases => Path.Combine(Home, "releases");

    public string Current => Path.Combine(Home, "current");

    /// <summary>The folder of a release.</summary>
    public string Of(string revision) => Path.Combine(Releases, revision);

    /// <summary>A new folder in which a release is made before it gets its name.</summary>
    public string NewStaging() => Path.Combine(Releases, Staging + Path.GetRandomFileName());

    /// <summary>A new name for a damaged release.</summary>
    public string NewReplaced(string revision) => Path.Combine(Releases, $"{Replaced}{revision}-{Path.GetRandomFileName()}");

    /// <summary>A new name for the link that is renamed to <see cref="Current"/>.</summary>
    public string NewLink() => Path.Combine(Home, LinkPrefix + Path.GetRandomFileName());

    public static bool IsStaging(string folder) => Path.GetFileName(folder).StartsWith(Staging, StringComparison.Ordinal);

    /// <summary>The name under which a release is kept that has files which no deploy wrote.</summary>
    public static string AsideOf(string folder, string moment) =>
        Path.Combine(Path.GetDirectoryName(folder)!, $"{Aside}{Path.GetFileName(folder).TrimStart('.')}-{moment}");

    /// <summary>The revision of the release to which <see cref="Current"/> leads; null when there is no such link, or no such release.
    /// </summary>
    public string? ReadCurrent() =>
        RealPath.LinkTarget(Current) is { } target && Path.GetFileName(target) is var name && ReleaseContent.IsRevision(name)
        && Directory.Exists(Of(name)) ? name : null;

    /// <summary>The release that the text of a definition points to; null when it points to none of those on disk. Looks for the revision
    /// alone, because a manager may escape characters of the folders before it.</summary>
    public string? FindIn(string definition) =>
        List().FirstOrDefault(revision => definition.Contains($"/releases/{revision}/", StringComparison.Ordinal));

    /// <summary>The revisions of the releases on disk.</summary>
    public IEnumerable<string> List() => FoldersIn(Releases).Where(ReleaseContent.IsRevision);

    /// <summary>The folders that interrupted operations left, and replaced releases.</summary>
    public IEnumerable<string> ListLitter() => FoldersIn(Releases)
        .Where(name => name.StartsWith(Staging, StringComparison.Ordinal) || name.StartsWith(Replaced, StringComparison.Ordinal))
        .Select(name => Path.Combine(Releases, name));

    /// <summary>The links that interrupted operations left.</summary>
    public IEnumerable<string> ListAbandonedLinks() =>
        Directory.Exists(Home) ? [.. Directory.EnumerateFileSystemEntries(Home, LinkPrefix + "*").Where(path => RealPath.LinkTarget(path) is not null)] : [];

    // Not the links: what they lead to is not ours.
    private static List<string> FoldersIn(string folder) => Directory.Exists(folder)
        ? [.. new DirectoryInfo(folder).EnumerateDirectories().Where(entry => entry.LinkTarget is null).Select(entry => entry.Name)]
        : [];
}

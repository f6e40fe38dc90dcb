using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Releases;

/// <summary>The folders of one service's releases: <c>ROOT/NAME/releases/REVISION</c>, and <c>ROOT/NAME/current</c>, a symbolic link for
/// people.</summary>
/// <param name="Root">The folder of all services' releases; an absolute path.</param>
/// <param name="Name">The service.</param>
internal sealed record ReleaseFolders(string Root, ServiceName Name)
{
    /// <summary>The file in a release that describes it (<see cref="ReleaseManifest"/>).</summary>
    public const string ManifestName = "service.json";

    private const string StagingPrefix = ".staging-";

    /// <summary>Everything that belongs to the service.</summary>
    public string Home => Path.Combine(Root, Name.Value);

    public string Releases => Path.Combine(Home, "releases");

    public string Current => Path.Combine(Home, "current");

    /// <summary>The folder of a release.</summary>
    public string Of(string revision) => Path.Combine(Releases, revision);

    /// <summary>A new folder in which a release is made before it gets its name.</summary>
    public string NewStaging() => Path.Combine(Releases, StagingPrefix + Path.GetRandomFileName());

    /// <summary>The revision of the release that was deployed last; null when there is none.</summary>
    public string? ReadCurrent() =>
        RealPath.LinkTarget(Current) is { } target && Path.GetFileName(target) is var name && ReleaseContent.IsRevision(name)
        && Directory.Exists(Of(name)) ? name : null;

    /// <summary>The revisions of the releases on disk.</summary>
    public IEnumerable<string> List() => Names().Where(ReleaseContent.IsRevision);

    /// <summary>What an interrupted operation left.</summary>
    public IEnumerable<string> ListLitter() =>
        Names().Where(name => name.StartsWith(StagingPrefix, StringComparison.Ordinal)).Select(name => Path.Combine(Releases, name));

    private List<string> Names() => Directory.Exists(Releases)
        ? [.. new DirectoryInfo(Releases).EnumerateDirectories().Select(folder => folder.Name)]
        : [];
}

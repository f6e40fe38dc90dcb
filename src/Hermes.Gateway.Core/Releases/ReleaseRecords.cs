using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Releases;

/// <summary>The records of one service's releases: <c>NAME/releases/REVISION.json</c> in the state folder of the scope.</summary>
internal sealed class ReleaseRecords(HostContext host, ServiceScope scope, ServiceName name)
{
    // As long as the settings of a definition, in which every character can be escaped.
    private const int MaxBytes = 8 * (int)DefinitionFile.MaxBytes;

    private const string Extension = ".json";

    private readonly StateFolders _folders = new(host.Home);
    private readonly Lazy<bool> _isTrusted = new(() => StateFolders.FindUntrustedState(host.StateFolder(scope)) is null);

    private string Folder => Path.Combine(host.StateFolder(scope), name.Value, "releases");

    /// <summary>The record of a release; null when it was never installed, or its record cannot be read, or another account could have
    /// written it.</summary>
    public ReleaseRecord? Read(string revision) =>
        _isTrusted.Value && FileErrors.Ignore(fallback: null, () => PrivateFile.ReadAll(PathOf(revision), MaxBytes)) is { } bytes
            ? ReleaseRecord.TryParse(bytes)
            : null;

    /// <summary>Whether there is a record of the release, readable or not.</summary>
    public bool Has(string revision) => File.Exists(PathOf(revision));

    /// <summary>The releases on disk that were observed to work, the last one first.</summary>
    public IReadOnlyList<VerifiedRelease> List(ReleaseFolders folders) =>
    [
        .. folders.List().Select(revision => Read(revision) is { Verified: { } verified } record ? new VerifiedRelease(revision, verified, record) : null)
            .OfType<VerifiedRelease>().OrderByDescending(release => release.Verified),
    ];

    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public void Write(string revision, ReleaseRecord record)
    {
        _folders.MakePrivate(host.StateFolder(scope), Folder);
        AtomicFile.Write(PathOf(revision), record.ToJson(), AtomicFile.Private);
    }

    /// <summary>Deletes the record of a release that was removed.</summary>
    public void Delete(string revision) => FileErrors.Ignore(() => File.Delete(PathOf(revision)));

    private string PathOf(string revision) => Path.Combine(Folder, revision + Extension);
}

/// <summary>A release that was observed to work.</summary>
/// <param name="Revision">Its revision.</param>
/// <param name="Verified"><see cref="ReleaseRecord.Verified"/>.</param>
/// <param name="Record">Its record.</param>
internal sealed record VerifiedRelease(string Revision, DateTimeOffset Verified, ReleaseRecord Record);

using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Input;

/// <summary>Determines the release of a request: that of the published files; without them, the current one; for a rollback, an earlier
/// one. Without published files, a service that was rolled back keeps the settings of its release.</summary>
internal sealed class ReleaseReader(HostContext host, PublishedFolders contents, IEnumerable<string> managerProperties)
{
    // Without a published build and without a release, the definition points to one that does not exist.
    private const string NoRevision = "unpublished";

    /// <param name="input">The project's settings.</param>
    /// <param name="folders">Where the service's releases are.</param>
    /// <param name="scope">The service's scope.</param>
    /// <param name="kept"><see cref="ServiceRelease.Kept"/>.</param>
    /// <returns>The release, and why there is none to go back to; null when there is.</returns>
    public (ServiceRelease Release, MissingRelease? Problem) Read(ServiceInput input, ReleaseFolders folders, ServiceScope scope, int kept)
    {
        var records = new ReleaseRecords(host, scope, folders.Name);
        var current = folders.ReadCurrent();
        var own = RecordedSettings.Of(input, managerProperties);
        var (content, unreadable) = ReadPublished(input);
        var rolledBack = current is null ? null : records.Read(current) is { RolledBack: not null } record ? record : null;
        var release = new ServiceRelease(folders, content?.Revision ?? current ?? NoRevision)
        {
            Settings = content is null && rolledBack is not null ? rolledBack.Settings : own,
            Current = current,
            RolledBack = rolledBack?.RolledBack,
            Content = content,
            Problem = unreadable,
            IsBuildNewer = input.IsBuildNewer,
            SourceRevision = input.SourceRevision.Length > 0 ? input.SourceRevision : null,
            Kept = kept,
        };
        if (input.ChosenRelease is not { } wanted) return (release, null);

        // Without root, its records cannot be read; the operation is refused because of that.
        if (scope == ServiceScope.System && !host.IsRoot) return (release with { IsChosen = true }, null);
        var known = records.List(folders);
        var (chosen, problem) = Choose(wanted, known, current, FindInterrupted(folders.Name, scope));
        return chosen is null
            ? (release, new MissingRelease(problem!, known))
            : (release with { Revision = chosen.Revision, Settings = chosen.Record.Settings, IsChosen = true }, null);
    }

    // Returns the release that is wanted, or why there is none.
    private static (VerifiedRelease? Chosen, string? Problem) Choose(
        string wanted, IReadOnlyList<VerifiedRelease> known, string? current, string? interrupted)
    {
        if (wanted.Length > 0)
            return known.Where(release => release.Revision.StartsWith(wanted, StringComparison.Ordinal)).ToList() switch
            {
                [var one] => (one, null),
                [] => (null, $"there is no release '{RequestReader.Printable(wanted)}' that was ever observed to work"),
                _ => (null, $"several releases begin with '{RequestReader.Printable(wanted)}'"),
            };
        if (known.FirstOrDefault(release => release.Revision == interrupted) is { } unfinished) return (unfinished, null);
        if (known is not [var last, ..]) return (null, "no release of it was ever observed to work");
        // A deploy that failed left another release than the one that worked last.
        if (last.Revision != current) return (last, null);
        if (last.Record.Before is not { } before) return (null, $"no release is known that worked before {last.Revision}");
        return known.FirstOrDefault(release => release.Revision == before) is { } previous
            ? (previous, null)
            : (null, $"release {before}, which worked before {last.Revision}, was removed");
    }

    // The release that a rollback was to bring back that was cut short: the next one goes on from there.
    private string? FindInterrupted(ServiceName name, ServiceScope scope) => FileErrors.Ignore(
        fallback: null, () => new ServiceStore(host, TimeProvider.System).ReadJournalEntry(scope, name)?.ChosenRelease);

    // A problem of the files is reported with the operation, so that a status still tells everything else.
    private (ReleaseContent? Content, string? Problem) ReadPublished(ServiceInput input)
    {
        if (input.PublishedFolder.Length == 0 || input.ChosenRelease is not null) return (null, null);
        try
        {
            return (contents.Of(input.PublishedFolder), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }
}

/// <summary>There is no release that a rollback could bring back.</summary>
/// <param name="Problem">Why, as a sentence without its end.</param>
/// <param name="Known">The releases that worked, the last one first.</param>
internal sealed record MissingRelease(string Problem, IReadOnlyList<VerifiedRelease> Known);

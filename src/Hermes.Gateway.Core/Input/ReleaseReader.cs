using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Input;

/// <summary>Determines the release of a request, and the settings with which the service runs from it: the release of the published files,
/// with the settings of the project; without published files the current one, and for a rollback an earlier one, with the settings that
/// are recorded with it.</summary>
internal sealed class ReleaseReader(HostContext host, PublishedFolders contents, IReadOnlyCollection<string> managerProperties)
{
    // Without a published build and without a release, the definition points to one that does not exist.
    private const string NoRevision = "unpublished";

    /// <param name="input">The project's settings.</param>
    /// <param name="folders">Where the service's releases are.</param>
    /// <param name="scope">The service's scope.</param>
    /// <param name="keepCount"><see cref="ServiceRelease.KeepCount"/>.</param>
    /// <returns>The release, and for a rollback that has nothing to go back to, the reason; otherwise null.</returns>
    public (ServiceRelease Release, NoRollbackTarget? NoTarget) Read(
        ServiceInput input, ReleaseFolders folders, ServiceScope scope, int keepCount)
    {
        var records = new ReleaseRecords(host, scope, folders.Name);
        var current = folders.ReadCurrent();
        var currentRecord = current is null ? null : records.Read(current);
        var projectSettings = RecordedSettings.Of(input, managerProperties);
        var (content, unreadable) = ReadPublished(input);
        var release = new ServiceRelease(folders, content?.Revision ?? current ?? NoRevision)
        {
            Settings = projectSettings,
            Current = current,
            RolledBack = currentRecord?.RolledBack,
            Content = content,
            BuildList = input.BuildList,
            Problem = unreadable,
            IsBuildNewer = input.IsBuildNewer,
            SourceRevision = input.SourceRevision.Length > 0 ? input.SourceRevision : null,
            KeepCount = keepCount,
        };
        if (input.ChosenRelease is not { } wanted)
            return (content is null && currentRecord is not null ? WithSettings(release, currentRecord.Settings) : release, null);

        release = release with { IsManualRollback = true, IsBuildNewer = false };
        // Only root can read its records; the operation is refused because of that.
        if (scope == ServiceScope.System && !host.IsRoot) return (release, null);
        var known = records.List(folders);
        var interrupted = FindInterrupted(folders.Name, scope);
        var (chosen, problem) = wanted.Length > 0
            ? Find(wanted.ToLowerInvariant(), known)
            : ChoosePrevious(known, interrupted, current, currentRecord);
        return chosen is null
            ? (release, new NoRollbackTarget(problem!, known, current))
            : (WithSettings(release with { Revision = chosen.Revision }, chosen.Record.Settings), null);

        ServiceRelease WithSettings(ServiceRelease of, ReleaseSettings recorded)
        {
            var settings = RecordedSettings.Of(recorded.ApplyTo(input), managerProperties);
            return of with { Settings = settings, UnusedSettings = settings.IsSame(projectSettings) ? null : projectSettings };
        }
    }

    private static (VerifiedRelease? Chosen, string? Problem) Find(string wanted, IReadOnlyList<VerifiedRelease> known) =>
        known.Where(release => release.Revision.StartsWith(wanted, StringComparison.Ordinal)).ToList() switch
        {
            [var one] => (one, null),
            [] => (null, $"there is no release '{RequestReader.Printable(wanted)}' that was ever observed to work"),
            _ => (null, $"several releases begin with '{RequestReader.Printable(wanted)}'"),
        };

    // Returns the release that worked before the current one, or the reason why there is none.
    private static (VerifiedRelease? Chosen, string? Problem) ChoosePrevious(
        IReadOnlyList<VerifiedRelease> known, string? interrupted, string? current, ReleaseRecord? currentRecord)
    {
        if (known.FirstOrDefault(release => release.Revision == interrupted) is { } unfinished) return (unfinished, null);
        if (known is not [var last, ..]) return (null, "no release of it was ever observed to work");
        // A deploy that failed left another release than the one that worked last; a rollback that failed goes on to the one before.
        if (last.Revision != current && currentRecord?.RolledBack is null) return (last, null);
        if (currentRecord?.WorkedBefore is not { } before || currentRecord.RolledBack?.LeftRevisions.Contains(before) == true)
            return (null, $"no release is known that worked before {current}");
        return known.FirstOrDefault(release => release.Revision == before) is { } previous
            ? (previous, null)
            : (null, $"release {before}, which worked before {current}, was removed");
    }

    // The target of a rollback that was cut short: the next rollback completes it.
    private string? FindInterrupted(ServiceName name, ServiceScope scope) => FileErrors.Ignore(
        fallback: null, () => new ServiceStore(host, TimeProvider.System).ReadJournalEntry(scope, name)?.ChosenRelease);

    // A problem of the files is reported with the operation, so that a status can tell everything else.
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

/// <summary>A rollback that has no release to go back to.</summary>
/// <param name="Reason">Why, as a sentence without its end.</param>
/// <param name="Known">The releases that worked, the last one first.</param>
/// <param name="Current">The revision of the current release; null when there is none.</param>
internal sealed record NoRollbackTarget(string Reason, IReadOnlyList<VerifiedRelease> Known, string? Current)
{
    public Finding Report(ServiceName service, string project)
    {
        var known = Known.Select(release => string.Create(
            CultureInfo.InvariantCulture,
            $"{release.Revision} (worked at {release.Verified:u}{(release.Revision == Current ? ", current" : "")})")).ToList();
        return DiagnosticCatalog.NoSuchRelease.Error(
            $"{service} cannot be rolled back: {Reason}.{(known.Count == 0 ? "" : $" There are: {string.Join(", ", known)}.")}",
            Known.FirstOrDefault(release => release.Revision != Current) is { } other
                ? ServiceRequest.RollbackCommand(project, other.Revision)
                : $"dotnet build {ShellText.Quote([project])} -t:Deploy");
    }
}

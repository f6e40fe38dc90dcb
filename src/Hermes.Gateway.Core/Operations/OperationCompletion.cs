using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations;

/// <summary>The end of an operation, under the lock: records what was verified, removes what is not needed any more, and ends the journal
/// entries.</summary>
internal sealed class OperationCompletion(
    ServiceStore store, ReleaseStore releases, OperationJournal journal, HostContext host, TimeProvider time)
{
    /// <summary>Completes the operation on services.</summary>
    public void Complete(Operation operation, IReadOnlyList<ServiceOperation> services) =>
        BoundedParallel.ForEach(services, BoundedParallel.Files, service =>
        {
            Record(operation.Goal, service);
            journal.End(operation, service);
        });

    private void Record(Goal goal, ServiceOperation service)
    {
        if (goal.IncludesDefinition() && service.Request.Release is { } installed) Record(goal, service, installed);
        if (service.HasFailed) return;
        if (goal.IncludesProcess() && service is { Verdict.IsMet: true, Now.Observation.Running.Invocation: { } invocation })
        {
            var start = new VerifiedStart(invocation, service.Desired.Stamp.ToString(), service.Now.Observation.Loaded.DropInsMark);
            if (start != service.Admission.LastVerifiedStart) store.WriteVerifiedStart(service.Definition, start);
        }
        else if (goal == Goal.Absent && !service.Before!.IsForeign)
        {
            store.DeleteState(service.Definition);
            if (service.Definition.StateDirectory is { } data && Directory.Exists(data))
                service.Verdict = service.Verdict.With(DiagnosticCatalog.StateDirectoryKept.Info(
                    $"{data}, the state directory of {service.Definition.Name}, is kept with its content."));
            if (service.Request.Release is { Folders: { } folders }) ReportAside(service, releases.RemoveAll(folders, service.Definition.Source));
        }
    }

    private void Record(Goal goal, ServiceOperation service, ServiceRelease release)
    {
        var isMet = service is { HasFailed: false, Verdict.IsMet: true };
        // A definition that was written and does not work is installed nevertheless, unless it was taken back.
        if (!isMet && (service.Execution.WrittenText is null || service.Rollback is { IsRestored: true })) return;
        ReleaseStore.SwitchCurrent(release.Folders, release.Revision);
        var records = releases.RecordsOf(service.Definition);
        var earlier = records.Read(release.Revision);
        // An interrupted operation may have ended before it wrote the record. A deploy ends a rollback, also when it has nothing else to do.
        if (isMet && !service.Execution.HasActed && service.Admission.Interrupted is null && earlier is { } known
            && (known.Verified is not null || !goal.IncludesProcess()) && (release.Content is null || known.RolledBack is null)) return;
        var record = MakeRecord(service, release, earlier, records);
        if (isMet && goal.IncludesProcess()) record = record with { Verified = time.GetUtcNow() };
        var failure = StateFindings.OfFailure(service.Desired, () => records.Write(release.Revision, record), e =>
            DiagnosticCatalog.ReleaseNotRecorded.Warning(
                $"the settings of release {release.Revision} of {service.Definition.Name} could not be recorded, so that no rollback can bring it "
                + $"back: {e.Message}",
                $"ls -ld {ShellText.Quote([store.FolderOf(service.Definition)])}"));
        if (failure is not null) service.Verdict = service.Verdict.With(failure);
        if (isMet) ReportAside(service, releases.RemoveOld(release, service.Definition));
    }

    private ReleaseRecord MakeRecord(ServiceOperation service, ServiceRelease release, ReleaseRecord? earlier, ReleaseRecords records)
    {
        var isNew = release.Current != release.Revision;
        var workedBefore = records.List(release.Folders).FirstOrDefault(other => other.Revision != release.Revision)?.Revision;
        return new ReleaseRecord
        {
            Schema = ReleaseRecord.CurrentSchema,
            // Other settings have not worked yet.
            Verified = earlier?.Settings.IsSame(release.Settings) == true ? earlier.Verified : null,
            // A rollback leaves the order of the releases as it is.
            WorkedBefore = (isNew && !release.IsManualRollback) || earlier is null ? workedBefore : earlier.WorkedBefore,
            RolledBack = FindLeft(service, release, isNew, workedBefore) is { } left
                ? new ManualRollback(
                    [.. records.Read(left)?.RolledBack?.LeftRevisions ?? earlier?.RolledBack?.LeftRevisions ?? [], left], time.GetUtcNow(), host.UserId, host.InvokingUser)
                : release.Content is null ? earlier?.RolledBack : null,
            Settings = release.Settings,
        };
    }

    // The release that a rollback by hand leaves, this one or an interrupted one that is now complete; null for any other operation.
    private static string? FindLeft(ServiceOperation service, ServiceRelease release, bool isNew, string? workedBefore) =>
        release.IsManualRollback && isNew ? release.Current
        : release.Content is null && service.Admission.Interrupted is { ChosenRelease: { } chosen } entry && chosen == release.Revision
            ? (entry.LastGood is { Text: { } text } ? release.Folders.FindIn(text) : null) ?? workedBefore
        : null;

    private static void ReportAside(ServiceOperation service, IReadOnlyList<string> folders)
    {
        if (folders.Count == 0) return;
        service.Verdict = service.Verdict.With(DiagnosticCatalog.ReleaseKept.Warning(
            $"not removed, because they have files that no deploy wrote or a process uses them: {Shortened.Names(folders, ", ")}.",
            $"ls -laR {ShellText.Quote([folders[0]])}"));
    }
}

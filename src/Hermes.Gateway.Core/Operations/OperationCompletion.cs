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
        if (service.HasFailed) return;
        if (goal.IncludesDefinition() && service is { Verdict.IsMet: true, Request.Release: { } release }) Confirm(goal, service, release);
        if (goal.IncludesProcess() && service is { Verdict.IsMet: true, Now.Observation.Running.Invocation: { } invocation })
        {
            var start = new VerifiedStart(invocation, service.Desired.Stamp.ToString(), service.Now.Observation.Loaded.DropInsMark);
            if (start != service.Admission.LastVerifiedStart) store.WriteVerifiedStart(service.Definition, start);
        }
        else if (goal == Goal.Absent && !service.Before!.IsForeign)
        {
            store.DeleteState(service.Definition);
            if (service.Request.Release is { Folders: { } folders }) ReportAside(service, releases.RemoveAll(folders, service.Definition.Source));
        }
    }

    private void Confirm(Goal goal, ServiceOperation service, ServiceRelease release)
    {
        var records = releases.RecordsOf(service.Definition);
        var earlier = records.Read(release.Revision);
        // Also after an operation that was killed between its verification and its end, and after a deploy of the very release that
        // somebody went back to.
        if (!service.Execution.HasActed && service.Admission.Interrupted is null && earlier is not null
            && (release.Content is null || earlier.RolledBack is null)) return;
        ReportAside(service, releases.Confirm(
            release, service.Definition, goal.IncludesProcess() ? MakeRecord(service, release, earlier, records) : null));
    }

    private ReleaseRecord MakeRecord(ServiceOperation service, ServiceRelease release, ReleaseRecord? earlier, ReleaseRecords records)
    {
        var isNew = release.Current != release.Revision;
        var before = records.List(release.Folders).FirstOrDefault(other => other.Revision != release.Revision)?.Revision;
        var isRollback = release.IsChosen && (isNew || service.Admission.Interrupted?.ChosenRelease == release.Revision);
        return new ReleaseRecord
        {
            Schema = ReleaseRecord.CurrentSchema,
            Verified = time.GetUtcNow(),
            // Going back does not change what worked before the release that it goes back to.
            Before = (isNew && !release.IsChosen) || earlier is null ? before : earlier.Before,
            RolledBack = isRollback ? new ManualRollback(isNew ? release.Current : before, time.GetUtcNow(), host.UserId)
                : release.Content is null ? earlier?.RolledBack : null,
            Settings = release.Settings,
        };
    }

    private static void ReportAside(ServiceOperation service, IReadOnlyList<string> folders)
    {
        if (folders.Count == 0) return;
        service.Verdict = service.Verdict.With(DiagnosticCatalog.ReleaseKept.Warning(
            $"not removed, because they have files that no deploy wrote or a process uses them: {Shortened.Names(folders, ", ")}.",
            $"ls -laR {ShellText.Quote([folders[0]])}"));
    }
}

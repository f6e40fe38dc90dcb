using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations;

/// <summary>The end of an operation, under the lock: records what was verified, removes what is not needed any more, and ends the journal
/// entries.</summary>
internal sealed class OperationCompletion(ServiceStore store, ReleaseStore releases, OperationJournal journal)
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
        // Also after an operation that was killed between its verification and its end.
        if (goal.IncludesDefinition() && service is { Verdict.IsMet: true, Request.Release: { } release }
            && (service.Execution.HasActed || release.Folders.ReadVerified(release.Revision) is null))
            ReportAside(service, releases.Confirm(release, service.Definition.Source, isVerified: goal.IncludesProcess()));
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

    private static void ReportAside(ServiceOperation service, IReadOnlyList<string> folders)
    {
        if (folders.Count == 0) return;
        service.Verdict = service.Verdict.With(DiagnosticCatalog.ReleaseKept.Warning(
            $"not removed, because they have files that no deploy wrote or a process uses them: {Shortened.Names(folders, ", ")}.",
            $"ls -laR {ShellText.Quote([folders[0]])}"));
    }
}

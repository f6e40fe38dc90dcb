using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations.Applying;

/// <summary>The applying phase: takes the steps of the plans, one kind after the other, each kind for all services together.</summary>
internal sealed class Executor(
    IServiceManager manager, HostContext host, ServiceStore store, ReleaseStore releases, OperationJournal journal, IAdoptionHook? adoptionHook, TimeProvider time,
    Operation operation, Progress progress)
{
    // A command after a stop that took all the time still gets a moment: a reload took more than one second on a machine with ten
    // processes for each processor.
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(2);

    /// <summary>The time for the commands of several services: until the last of their deadlines, but at least a moment.</summary>
    public static Deadline CommandDeadline(IEnumerable<ServiceOperation> services) =>
        Deadline.Latest(services.Select(service => service.Deadline)).OrAtLeast(LastMoment);

    /// <summary>Takes the steps that must come before the other steps can be planned (<see cref="StepKind.RunWithoutLogin"/>).</summary>
    /// <returns>The services that have to be observed and planned again.</returns>
    public List<ServiceOperation> ApplyFirst(IEnumerable<ServiceOperation> services, CancellationToken cancellationToken)
    {
        var batch = WithStep(StepKind.RunWithoutLogin, services);
        if (batch.Count > 0) RunCommand(StepKind.RunWithoutLogin, batch, cancellationToken);
        batch.RemoveAll(service => service.IsSettled);
        return batch;
    }

    /// <summary>Takes all other steps.</summary>
    public void Apply(IReadOnlyList<ServiceOperation> services, CancellationToken cancellationToken)
    {
        foreach (var service in services.Where(service => !service.IsSettled)) RefuseWhenLate(service);
        foreach (var service in services.Where(service => !service.IsSettled)) SecureDefinitionFolder(service);
        BoundedParallel.ForEach(
            [.. services.Where(service => !service.IsSettled && !service.Plan.Plan.Steps.IsEmpty)],
            BoundedParallel.Files,
            service => service.Execution = journal.Begin(operation, service));
        // Checked again when the definition is removed; but by then the process has been stopped.
        foreach (var service in WithStep(StepKind.Remove, services).Where(service => !IsUntouched(service))) AddFinding(service, ChangedMeanwhile(service));

        foreach (var kind in Enum.GetValues<StepKind>())
        {
            var batch = WithStep(kind, services);
            if (batch.Count == 0 || kind == StepKind.RunWithoutLogin) continue;
            cancellationToken.ThrowIfCancellationRequested();
            if (kind == StepKind.Release)
            {
                progress.Begin(kind, batch.Count);
                // One after the other: the files of each are copied in parallel.
                foreach (var service in batch) MakeRelease(service, cancellationToken);
                foreach (var service in batch.Where(service => !service.IsSettled)) RefuseWhenLate(service);
            }
            else if (kind == StepKind.StateDirectory)
            {
                progress.Begin(kind, batch.Count);
                foreach (var service in batch) MakeStateDirectory(service);
            }
            else if (kind is StepKind.Write or StepKind.Remove)
            {
                progress.Begin(kind, batch.Count);
                BoundedParallel.ForEach(batch, BoundedParallel.Files, service => ChangeDefinition(kind, service));
            }
            else
            {
                RunCommand(kind, batch, cancellationToken);
            }
        }
    }

    private static List<ServiceOperation> WithStep(StepKind kind, IEnumerable<ServiceOperation> services) =>
        [.. services.Where(service => !service.IsSettled && service.Plan.Has(kind))];

    private static void AddFinding(ServiceOperation service, Finding finding) => service.Execution = service.Execution.With(finding);

    // Without time left, nothing could be verified after a change.
    private void RefuseWhenLate(ServiceOperation service)
    {
        if (service.Plan.Plan.Steps.IsEmpty || !service.Deadline.HasPassed) return;
        AddFinding(service, DiagnosticCatalog.CommandTimedOut.Error(
            $"the {service.Request.Timeout.TotalSeconds:0.#} s for the {operation.Verb} of {service.Definition.Name} were up before "
            + (service.Execution.Steps.Any(step => step.Kind == StepKind.Release)
                ? "the service was touched: its release took that long to make. It is kept, so that the next deploy is faster."
                : $"anything was begun: another operation was waited for, or {manager.Name} was slow to answer.")
            + (service.Execution.HasActed ? "" : " Nothing was changed."),
            manager.StatusCommand(service.Desired)));
    }

    // Removes other accounts' write access. A missing folder is checked when it is made.
    private void SecureDefinitionFolder(ServiceOperation service)
    {
        if (operation.Goal.ExcludesProcess()) return;
        var path = service.Now!.Observation.DefinitionPath;
        var folder = Path.GetDirectoryName(path)!;
        var failure = Directory.Exists(folder)
            ? StateFindings.OfFailure(service.Desired, () => store.MakeDefinitionFolder(path), e =>
                DiagnosticCatalog.DefinitionNotWritable.Error(
                    $"the rights of the folder of {path} cannot be changed: {e.Message} Nothing was changed.",
                    $"ls -ld {ShellText.Quote([folder])}"))
            : null;
        if (failure is not null) AddFinding(service, failure);
        service.Execution = service.Execution.With(StateFindings.TakeRepairs(store));
    }

    private void RunCommand(StepKind kind, List<ServiceOperation> batch, CancellationToken cancellationToken)
    {
        var outcomes = progress.During(kind, batch.Count, () => AskManager(kind, batch, cancellationToken));
        var unloaded = batch.FindAll(service => outcomes[service].Status == StepStatus.NotLoaded);
        if (unloaded.Count > 0)
        {
            // Loads and retries once: a second failure is reported.
            var loads = AskManager(StepKind.Load, unloaded, cancellationToken);
            foreach (var (service, load) in loads)
                if (load.Finding is { } problem) AddFinding(service, problem);
            var loaded = unloaded.FindAll(service => loads[service].Finding is null);
            if (loaded.Count > 0)
                foreach (var (service, again) in AskManager(kind, loaded, cancellationToken)) outcomes[service] = again;
        }

        foreach (var service in batch)
        {
            if (outcomes[service].Finding is not { } finding || service.HasFailed) continue;
            var undecided = service.Execution.UndecidedFailures;
            // After a stop that took all the time, a reload can fail too. That must not hide that the process still runs.
            var isAfterFailedStop = kind == StepKind.Unload && operation.Goal.ExcludesProcess() && !undecided.IsEmpty;
            if (kind is StepKind.Start or StepKind.Restart or StepKind.Stop || isAfterFailedStop)
                service.Execution = service.Execution with { UndecidedFailures = undecided.Add(finding) };
            else service.Execution = service.Execution.With([.. undecided, finding]);
        }
    }

    private Dictionary<ServiceOperation, StepResult> AskManager(
        StepKind kind, List<ServiceOperation> batch, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        // The command that a person would type depends on the state before the step.
        var commands = batch.ConvertAll(service => manager.CommandFor(kind, service.Desired));
        var results = manager.Apply(kind, [.. batch.Select(service => service.Desired)], CommandDeadline(batch), cancellationToken);
        var outcomes = new Dictionary<ServiceOperation, StepResult>();
        for (var i = 0; i < batch.Count; i++)
        {
            outcomes.Add(batch[i], results[i]);
            var reason = ReasonOf(kind, batch[i]) ?? "the manager did not hold the definition";
            batch[i].Execution = batch[i].Execution.With(
                new StepReport(kind, reason, commands[i], results[i].Status, time.GetElapsedTime(began)));
        }

        cancellationToken.ThrowIfCancellationRequested();
        return outcomes;
    }

    private void MakeRelease(ServiceOperation service, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var (release, definition) = (service.Request.Release!, service.Definition);
        var failure = StateFindings.OfFailure(
            service.Desired,
            () => releases.Make(release, definition, cancellationToken),
            e => DiagnosticCatalog.ReleaseFailed.Error(
                $"release {release.Revision} of {definition.Name} could not be made in {release.Folders.Releases}: {e.Message} "
                + "The service is as it was.",
                $"df -h {ShellText.Quote([release.Folders.Root])}"))
            ?? FindUnusable(service);
        service.ForgetRelease();
        var status = failure is null ? StepStatus.Done : StepStatus.Failed;
        service.Execution = service.Execution.With(
            new StepReport(StepKind.Release, ReasonOf(StepKind.Release, service)!, null, status, time.GetElapsedTime(began)));
        if (failure is not null) AddFinding(service, failure);
    }

    private void MakeStateDirectory(ServiceOperation service)
    {
        var (began, definition) = (time.GetTimestamp(), service.Definition);
        var failure = StateFindings.OfFailure(
            service.Desired,
            () => StateDirectory.Make(definition, new StateFolders(host.Home)),
            e => DiagnosticCatalog.StateDirectoryUnusable.Error(
                $"{definition.StateDirectory} (HermesGatewayStateDirectory) could not be made: {e.Message} The service is as it was.",
                $"ls -ld {ShellText.Quote([Path.GetDirectoryName(definition.StateDirectory!)!])}"));
        var status = failure is null ? StepStatus.Done : StepStatus.Failed;
        service.Execution = service.Execution.With(
            new StepReport(StepKind.StateDirectory, ReasonOf(StepKind.StateDirectory, service)!, null, status, time.GetElapsedTime(began)));
        if (failure is not null) AddFinding(service, failure);
    }

    // Finds what cannot be seen before the files are in their place: a file system mounted with noexec, or a folder that the service's
    // account cannot enter.
    private Finding? FindUnusable(ServiceOperation service)
    {
        var unusable = FindUnusableFile(service);
        // So that the next deploy makes it, and looks at it, again; unless the installed definition points to it already.
        if (unusable is not null && service.Now!.States.Installed != InstalledState.Current) ReleaseStore.Discard(service.Request.Release!);
        return unusable;
    }

    private Finding? FindUnusableFile(ServiceOperation service)
    {
        var definition = service.Definition;
        if (service.Request.Release!.Contains(definition.Program) && !HostContext.IsExecutableFile(definition.Program))
            return DiagnosticCatalog.ReleaseFailed.Error(
                $"{definition.Program} cannot be executed, although its mode allows it: the file system may be mounted with noexec. "
                + "The service is as it was.",
                $"findmnt -T {ShellText.Quote([definition.Program])}");
        return service.Now!.Observation.HasOtherRights
            ? null
            : ServiceAccount.Find(definition, host, service.Desired.Rules.ServiceReadsEnvironmentFile);
    }

    private void ChangeDefinition(StepKind kind, ServiceOperation service)
    {
        var began = time.GetTimestamp();
        var (now, seen) = (service.Now!, service.Now!.Observation);
        var text = kind == StepKind.Write ? service.Plan.DefinitionText! : null;
        string? copy = null;
        var (release, earlier) = (text is null ? null : service.Request.Release, service.Request.Release?.Folders.ReadCurrent());
        if (release is not null) ReleaseStore.SwitchCurrent(release.Folders, release.Revision);
        var failure = !IsUntouched(service) ? ChangedMeanwhile(service) : StateFindings.OfFailure(
            service.Desired,
            () => copy = text is not null
                ? store.WriteDefinition(service.Desired, seen.DefinitionPath, text, seen.Installed, now.IsForeign, keepsTime: now.OnlySourceDiffers)
                : store.RemoveDefinition(service.Definition, seen.DefinitionPath, seen.Installed, now.IsForeign),
            e => DiagnosticCatalog.DefinitionNotWritable.Error(
                $"{seen.DefinitionPath} could not be {(text is null ? "removed" : "written")}: {e.Message} "
                + (IsUntouched(service) ? "What was there is still there." : "The file may be the new one already."),
                $"ls -ld {ShellText.Quote([Path.GetDirectoryName(seen.DefinitionPath)!])}"));
        // If only its folder could not be flushed, the file was written, and a rollback has to restore it.
        var isWritten = failure is null || (text is not null && text != seen.Installed.Text && ReadInstalled(service).Text == text);
        if (isWritten) service.Execution = service.Execution with { WrittenText = text };
        else if (release is not null) ReleaseStore.SwitchCurrent(release.Folders, earlier);
        var status = failure is null ? StepStatus.Done : StepStatus.Failed;
        service.Execution = service.Execution.With(
            new StepReport(kind, ReasonOf(kind, service)!, null, status, time.GetElapsedTime(began)));
        if (failure is not null) AddFinding(service, failure);
        else if (now.IsForeign) AddFinding(service, Adopted(kind, now, copy));
    }

    private static string? ReasonOf(StepKind kind, ServiceOperation service) =>
        service.Plan.Plan.Steps.FirstOrDefault(step => step.Kind == kind)?.Reason;

    // The plan holds for the definition that was observed.
    private bool IsUntouched(ServiceOperation service)
    {
        var (seen, now) = (service.Now!.Observation.Installed, ReadInstalled(service));
        return (now.Kind, now.Text) == (seen.Kind, seen.Text);
    }

    private InstalledFacts ReadInstalled(ServiceOperation service) =>
        manager.ReadInstalled(service.Desired with { DefinitionPath = service.Now!.Observation.DefinitionPath });

    private static Finding ChangedMeanwhile(ServiceOperation service) => DiagnosticCatalog.DefinitionChanged.Error(
        $"{service.Now!.Observation.DefinitionPath} was changed by somebody else after it was looked at. It is left as it is now.",
        service.Request.DeployCommand);

    private Finding Adopted(StepKind kind, Comparison comparison, string? copy) => DiagnosticCatalog.Adopted.Warning(
        $"{comparison.Observation.DefinitionPath} was not written by this project; it is {(kind == StepKind.Write ? "adopted" : "removed")}, "
        + $"and a copy is kept at {copy}.{Adoption.Describe(comparison, adoptionHook)}"
        + (kind == StepKind.Write ? Adoption.DescribeLosses(comparison, adoptionHook) : ""));
}

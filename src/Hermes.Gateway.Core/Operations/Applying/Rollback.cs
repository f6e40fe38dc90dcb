using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations.Applying;

/// <summary>The result of the rollback of one service.</summary>
internal sealed record RollbackResult : PhaseResult
{
    /// <summary>Whether the last good definition is on disk again: a process that starts from now on is one of that definition.</summary>
    public bool IsRestored { get; init; }

    /// <summary>Whether the last good state was observed again.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Whether the restored definition starts the new program, which was built over the old one.</summary>
    public bool RunsNewProgram { get; init; }

    public ImmutableArray<StepReport> Steps { get; init; } = [];
}

/// <summary>Restores the last good state of the services that an operation made worse: their definitions, and processes of them. Takes
/// at most <see cref="ServiceRequest.Timeout"/> once more, and succeeds only after observing that state.</summary>
/// <remarks>A state may be restored when it is known to have worked (<see cref="RestorableState.Of"/>), when it is not from a journal entry
/// that could be forged (<see cref="ServiceStore.CanRestore"/>), and when the definition on disk is still the one that this operation wrote
/// (<see cref="ServiceStore.RestoreDefinition"/>). <see cref="OperationJournal.Begin"/> keeps it for the time of the operation.</remarks>
internal sealed class Rollback(IServiceManager manager, ServiceObserver observer, TimeProvider time)
{
    private const string Reason = "the last good state is put back";
    private static readonly TimeSpan ShortestTime = TimeSpan.FromSeconds(1);

    // The start limit is reset before the start that it would refuse.
    private static readonly StepKind[] Order =
        [StepKind.Disable, StepKind.Load, StepKind.ClearFailure, StepKind.Start, StepKind.Restart];

    /// <summary>Rolls back every service that failed after this operation had replaced a definition that worked.</summary>
    public void Run(IEnumerable<ServiceOperation> services, CancellationToken cancellationToken)
    {
        var restorations = new Dictionary<ServiceOperation, Restoration>();
        foreach (var service in services)
            if (service is { HasFailed: true, Request.Rollback: true, Execution: { WrittenText: not null, LastGood: not null } }
                && RestoreDefinition(service))
                restorations.Add(service, new Restoration(service, new Deadline(time, service.Request.Timeout)));

        foreach (var kind in Order)
            if (restorations.Values.Where(one => one.Steps.Contains(kind)).ToList() is { Count: > 0 } batch)
                Apply(kind, batch, cancellationToken);

        var open = restorations.Keys.ToList();
        observer.Poll(
            open,
            service => restorations[service].Deadline,
            () => (open = open.FindAll(service => !IsDecided(restorations[service], time.GetTimestamp())), null),
            cancellationToken);
    }

    // Restores the file, unless it was changed after this operation wrote it.
    private bool RestoreDefinition(ServiceOperation service)
    {
        var good = service.Execution.LastGood!;
        var began = time.GetTimestamp();
        string? problem = null;
        try
        {
            if (!ServiceStore.RestoreDefinition(good, service.Execution.WrittenText!))
                problem = $"{good.Path} was changed by somebody else meanwhile and is left alone";
            else if (service.Request.Release?.Folders is { } folders)
                ReleaseStore.SwitchCurrent(folders, folders.FindIn(good.Text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"{good.Path} could not be written: {e.Message}";
        }

        var status = problem is null ? StepStatus.Done : StepStatus.Failed;
        service.Rollback = new RollbackResult
        {
            IsRestored = problem is null,
            Steps = [new StepReport(StepKind.Write, Reason, null, status, time.GetElapsedTime(began))],
            Findings = problem is null ? [] : [Failed(service, problem)],
        };
        return problem is null;
    }

    private void Apply(StepKind kind, List<Restoration> batch, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var commands = batch.ConvertAll(one => manager.CommandFor(kind, one.Service.Desired));
        var deadline = Deadline.Latest(batch.Select(one => one.Deadline)).OrAtLeast(ShortestTime);
        var results = manager.Apply(kind, [.. batch.Select(one => one.Service.Desired)], deadline, cancellationToken);
        for (var i = 0; i < batch.Count; i++)
        {
            var (one, rollback) = (batch[i], batch[i].Service.Rollback!);
            var step = new StepReport(kind, Reason, commands[i], results[i].Status, time.GetElapsedTime(began));
            one.Service.Rollback = rollback with { Steps = rollback.Steps.Add(step) };
            one.Refusal = results[i].Finding?.Message ?? one.Refusal;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private bool IsDecided(Restoration one, long now)
    {
        var (service, good, seen) = (one.Service, one.Good, one.Service.Now!.Observation);
        var stability = service.Request.Stability;
        var missing = FindDifference(seen, good);
        if (missing is null)
        {
            if (one.StableInvocation != seen.Running.Invocation) (one.StableInvocation, one.StableSince) = (seen.Running.Invocation, now);
            if (seen.Running.Invocation == good.Invocation || time.GetElapsedTime(one.StableSince) >= stability)
            {
                var runsNewProgram = RunsNewProgram(service, good);
                service.Rollback = service.Rollback! with
                {
                    IsComplete = true, RunsNewProgram = runsNewProgram, Findings = [Restored(service, good, runsNewProgram)],
                };
                return true;
            }
        }
        else
        {
            one.StableInvocation = null;
        }

        var isCrashLoop = missing is not null && seen.Running is { Activity: Activity.Failed or Activity.WaitingToRestart, Restarts: > 1 };
        if (!isCrashLoop && !one.Deadline.HasPassed) return false;
        missing ??= $"it did not live for {stability.TotalSeconds:0.#} s";
        var refusal = one.Refusal is null || service.Findings.Any(finding => finding.Message == one.Refusal) ? "" : $" ({one.Refusal})";
        service.Rollback = service.Rollback! with { Findings = [Failed(service, $"{missing}{refusal}")] };
        return true;
    }

    private static string? FindDifference(ServiceObservation seen, RestorableState good) =>
        seen.Installed.Text != good.Text ? $"{good.Path} is not as it was ({seen.Installed.Evidence})"
        : seen.Loaded.IsLoaded != Answer.Yes || seen.Loaded.Stamp != good.Stamp
            ? $"the manager does not hold the definition that is back on disk ({seen.Loaded.Evidence})"
        : seen.Running is not { Activity: Activity.Up, ProcessId: not null } ? $"it does not run: {seen.Running.Evidence}"
        : null;

    // A definition that points to a release brings its code back with it.
    private static bool RunsNewProgram(ServiceOperation service, RestorableState good) =>
        good.Stamp is { Revision: var revision } && revision != service.Desired.Stamp.Revision
        && service.Request.Release?.Folders.FindIn(good.Text) is null;

    private static Finding Restored(ServiceOperation service, RestorableState good, bool runsNewProgram) => DiagnosticCatalog.RolledBack.Warning(
        (service.Request.Release is { IsManualRollback: true } release
            ? $"{service.Definition.Name} could not go back to release {release.Revision}: "
            : $"{service.Definition.Name} was rolled back: ")
        + $"the definition that it had before is back at {good.Path}, and its "
        + $"process runs (pid {service.Now!.Observation.Running.ProcessId}). "
        + (runsNewProgram
            ? "The program itself is the new one, because it was built over the old one: only the settings went back."
            : "Nothing of the new definition is left."),
        service.Request.DeployCommand);

    private Finding Failed(ServiceOperation service, string reason) => DiagnosticCatalog.RollbackFailed.Error(
        $"{service.Definition.Name} could not be rolled back to what ran before: {reason}.", manager.StatusCommand(service.Desired));

    /// <summary>The progress of the rollback of one service.</summary>
    private sealed record Restoration(ServiceOperation Service, Deadline Deadline)
    {
        public RestorableState Good { get; } = Service.Execution.LastGood!;

        /// <summary>The steps after the definition was restored, from the observation before it.</summary>
        public IReadOnlyList<StepKind> Steps { get; } = [.. StepsTo(Service, Service.Execution.LastGood!)];

        /// <summary>What the manager said when it refused a step; null for none.</summary>
        public string? Refusal { get; set; }

        public string? StableInvocation { get; set; }

        public long StableSince { get; set; }

        // A process that never ended stays, except where loading ends it.
        private static IEnumerable<StepKind> StepsTo(ServiceOperation service, RestorableState good)
        {
            var (seen, rules) = (service.Now!.Observation, service.Desired.Rules);
            if (!good.WasEnabled && !rules.EnabledByFile && seen.Enabled == Answer.Yes) yield return StepKind.Disable;
            var hasNeverEnded = seen.Running is { Activity: Activity.Up } && seen.Running.Invocation == good.Invocation;
            // The manager never loaded the new definition; loading the old one again would end a healthy process.
            if (rules.LoadingStarts && hasNeverEnded && seen.Loaded.Stamp == good.Stamp) yield break;
            yield return StepKind.Load;
            if (rules.LoadingStarts)
            {
                yield return StepKind.Start;
                yield break;
            }

            if (hasNeverEnded) yield break;
            if (rules.LatchesFailures) yield return StepKind.ClearFailure;
            yield return seen.Running.Activity is Activity.Stopped or Activity.Failed ? StepKind.Start : StepKind.Restart;
        }
    }
}

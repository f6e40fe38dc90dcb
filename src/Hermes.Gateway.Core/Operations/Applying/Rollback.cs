using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations.Applying;

/// <summary>Puts back the last good state of the services that an operation made worse: their definitions, and processes of
/// them; of many services together, as they were changed. Takes at most <see cref="ServiceRequest.Timeout"/> once more, and
/// succeeds only on sight.</summary>
internal sealed class Rollback(IServiceManager manager, TimeProvider time)
{
    private const string Reason = "the last good state is put back";
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    // A latched failure is cleared before the start that it would forbid.
    private static readonly StepKind[] Order =
        [StepKind.Disable, StepKind.Load, StepKind.ClearFailure, StepKind.Start, StepKind.Restart];

    /// <summary>Rolls back every run that is in need of it.</summary>
    public void Run(IEnumerable<ServiceRun> runs, CancellationToken cancellationToken)
    {
        var returns = new List<Return>();
        foreach (var run in runs)
            if (run is { HasFailed: true, Request.Rollback: true, Written: not null, LastGood: { } good })
                if (Restore(run, good) is { } whyNot) run.Add(Failed(run, whyNot));
                else returns.Add(new Return(run, good, new Deadline(time, run.Request.Timeout)));

        foreach (var kind in Order)
            if (returns.Where(one => one.Steps.Contains(kind)).ToList() is { Count: > 0 } batch)
                Apply(kind, batch, cancellationToken);
        Await(returns, cancellationToken);
    }

    // What is missing to the good state at the end; null when it is back.
    private void Tell(Return one, string? missing)
    {
        var (run, good) = (one.Run, one.Good);
        if (missing is not null)
        {
            var refusal = one.Refusal is null || run.HasTold(one.Refusal) ? "" : $" ({one.Refusal})";
            run.Add(Failed(run, $"{missing}{refusal}"));
            return;
        }

        run.IsRolledBack = true;
        run.Add(DiagnosticCatalog.RolledBack.Warning(
            $"{run.Desired.Definition.Name} was rolled back: the definition that it had before is back at {good.Path}, and its "
            + $"process runs (pid {run.Now!.Seen.Running.ProcessId}). Nothing of the new definition is left.",
            run.Request.DeployCommand));
    }

    private string? Restore(ServiceRun run, GoodState good)
    {
        var began = time.GetTimestamp();
        try
        {
            // What somebody else wrote meanwhile is not ours to undo.
            var isOurs = ServiceStore.RestoreDefinition(good, run.Written!);
            Record(isOurs ? StepStatus.Done : StepStatus.Failed);
            run.GoesBack = isOurs;
            return isOurs ? null : $"{good.Path} was changed by somebody else meanwhile and is left alone";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Record(StepStatus.Failed);
            return $"{good.Path} could not be written: {e.Message}";
        }

        void Record(StepStatus status) =>
            run.Record(new StepReport(StepKind.Write, Reason, null, status, time.GetElapsedTime(began)));
    }

    // From what was seen last. A process that never ended needs no other one, except where loading ends it.
    private static IEnumerable<StepKind> StepsTo(ServiceRun run, GoodState good)
    {
        var (seen, rules) = (run.Now!.Seen, run.Desired.Rules);
        if (!good.WasEnabled && !rules.EnabledByFile && seen.Enabled == Answer.Yes) yield return StepKind.Disable;
        var running = seen.Running;
        var neverEnded = running is { Activity: Activity.Up } && running.Invocation == good.Invocation;
        // The manager never came to hold the new definition, and to load the old one again would end a healthy process.
        if (rules.LoadingStarts && neverEnded && seen.Loaded.Stamp == good.Stamp) yield break;
        yield return StepKind.Load;
        if (rules.LoadingStarts)
        {
            yield return StepKind.Start;
            yield break;
        }

        if (neverEnded) yield break;
        if (rules.LatchesFailures) yield return StepKind.ClearFailure;
        yield return running.Activity is Activity.Stopped or Activity.Failed ? StepKind.Start : StepKind.Restart;
    }

    private void Apply(StepKind kind, List<Return> batch, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var commands = batch.ConvertAll(one => manager.CommandFor(kind, one.Run.Desired));
        var results = manager.Apply(
            kind, [.. batch.Select(one => one.Run.Desired)], Latest(batch).OrAtLeast(Moment), cancellationToken);
        foreach (var (one, result, command) in batch.Zip(results, commands))
        {
            one.Run.Record(new StepReport(kind, Reason, command, result.Status, time.GetElapsedTime(began)));
            one.Refusal = result.Finding?.Message ?? one.Refusal;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    // Until for each the good state is back, or nothing more can come, or its time is up.
    private void Await(List<Return> open, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(ShortestWait, LongestWait);
        while (open.Count > 0)
        {
            var seen = manager.Observe(
                [.. open.Select(one => one.Run.Desired)], ObservationDeadline.OfLater(open.Count, Latest(open)), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var now = time.GetTimestamp();
            foreach (var (one, observation) in open.Zip(seen)) one.Run.See(observation);
            open = [.. open.Where(one => !IsOver(one, now))];
            if (open.Count == 0) return;
            manager.WaitForChange(
                [.. open.Select(one => one.Run.Now!.Seen)], new Deadline(time, backoff.Next()), cancellationToken);
        }
    }

    private bool IsOver(Return one, long now)
    {
        var seen = one.Run.Now!.Seen;
        var missing = Missing(seen, one.Good);
        if (missing is null)
        {
            if (one.Stable != seen.Running.Invocation) (one.Stable, one.Since) = (seen.Running.Invocation, now);
            if (seen.Running.Invocation == one.Good.Invocation || time.GetElapsedTime(one.Since) >= one.Run.Request.Stability)
            {
                Tell(one, null);
                return true;
            }
        }
        else
        {
            one.Stable = null;
            if (seen.Running.Activity is Activity.Failed or Activity.WaitingToRestart && seen.Running.Restarts > 1)
            {
                Tell(one, missing);
                return true;
            }
        }

        if (!one.Deadline.HasPassed) return false;
        Tell(one, missing ?? $"it did not live for {one.Run.Request.Stability.TotalSeconds:0.#} s");
        return true;
    }

    private static string? Missing(ServiceObservation seen, GoodState good) =>
        seen.Installed.Text != good.Text ? $"{good.Path} is not as it was ({seen.Installed.Evidence})"
        : seen.Loaded.IsLoaded != Answer.Yes || seen.Loaded.Stamp != good.Stamp
            ? $"the manager does not hold the definition that is back on disk ({seen.Loaded.Evidence})"
        : seen.Running is not { Activity: Activity.Up, ProcessId: not null } ? $"it does not run: {seen.Running.Evidence}"
        : null;

    private Finding Failed(ServiceRun run, string why) => DiagnosticCatalog.RollbackFailed.Error(
        $"{run.Desired.Definition.Name} could not be rolled back to what ran before: {why}.", manager.StatusCommand(run.Desired));

    private static Deadline Latest(List<Return> returns) => returns.MaxBy(one => one.Deadline.Remaining)!.Deadline;

    /// <summary>One service on its way back.</summary>
    private sealed class Return(ServiceRun run, GoodState good, Deadline deadline)
    {
        public Deadline Deadline { get; } = deadline;

        public ServiceRun Run { get; } = run;

        public GoodState Good { get; } = good;

        /// <summary>From what was seen last, before any of them is taken.</summary>
        public IReadOnlyList<StepKind> Steps { get; } = [.. StepsTo(run, good)];

        /// <summary>What the manager said no to.</summary>
        public string? Refusal { get; set; }

        public string? Stable { get; set; }

        public long Since { get; set; }
    }
}

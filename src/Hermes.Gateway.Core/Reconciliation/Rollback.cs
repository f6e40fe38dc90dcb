using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>Puts back the last good state of a service that an operation made worse: its definition, and a process of it.
/// Takes at most <see cref="ServiceRequest.Timeout"/> once more, and succeeds only on sight.</summary>
internal sealed class Rollback(IServiceManager manager, TimeProvider time)
{
    private const string Reason = "the last good state is put back";
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);

    /// <summary>Rolls back every run that is in need of it.</summary>
    public async Task RunAsync(IEnumerable<ServiceRun> runs, CancellationToken cancellationToken)
    {
        foreach (var run in runs)
            if (run is { HasFailed: true, Request.Rollback: true, Written: not null, LastGood: { } good })
                await RunAsync(run, good, cancellationToken);
    }

    private async Task RunAsync(ServiceRun run, GoodState good, CancellationToken cancellationToken)
    {
        var (name, start) = (run.Desired.Definition.Name, time.GetTimestamp());
        if (Restore(run, good) is { } whyNot)
        {
            run.Add(Failed(run, whyNot));
            return;
        }

        string? refusal = null;
        foreach (var kind in StepsTo(run, good))
            refusal = await ApplyAsync(kind, run, start, cancellationToken) ?? refusal;
        if (await AwaitAsync(run, good, start, cancellationToken) is { } missing)
        {
            run.Add(Failed(run, $"{missing}{(refusal is null || run.HasTold(refusal) ? "" : $" ({refusal})")}"));
            return;
        }

        run.IsRolledBack = true;
        run.Add(DiagnosticCatalog.RolledBack.Warning(
            $"{name} was rolled back: the definition that it had before is back at {good.Path}, and its process runs "
            + $"(pid {run.Now!.Seen.Running.ProcessId}). Nothing of the new definition is left.",
            run.Request.DeployCommand));
    }

    private string? Restore(ServiceRun run, GoodState good)
    {
        var began = time.GetTimestamp();
        try
        {
            // What somebody else wrote meanwhile is not ours to undo.
            var isOurs = ServiceStore.Restore(good, run.Written!);
            Record(isOurs ? StepStatus.Done : StepStatus.Failed);
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

    private async Task<string?> ApplyAsync(StepKind kind, ServiceRun run, long start, CancellationToken cancellationToken)
    {
        var (began, command) = (time.GetTimestamp(), manager.CommandFor(kind, run.Desired));
        var result = (await manager.ApplyAsync(kind, [run.Desired], Left(run, start), cancellationToken))[0];
        run.Record(new StepReport(kind, Reason, command, result.Status, time.GetElapsedTime(began)));
        cancellationToken.ThrowIfCancellationRequested();
        return result.Finding?.Message;
    }

    // What is missing to the good state when the time is up, or nothing more can come; null when it is back.
    private async Task<string?> AwaitAsync(ServiceRun run, GoodState good, long start, CancellationToken cancellationToken)
    {
        var wait = ShortestWait;
        string? stable = null;
        var since = start;
        while (true)
        {
            run.See((await manager.ObserveAsync([run.Desired], Left(run, start), cancellationToken))[0]);
            cancellationToken.ThrowIfCancellationRequested();
            var seen = run.Now!.Seen;
            var missing = Missing(seen, good);
            if (missing is null)
            {
                if (seen.Running.Invocation == good.Invocation) return null;
                if (stable != seen.Running.Invocation) (stable, since) = (seen.Running.Invocation, time.GetTimestamp());
                if (time.GetElapsedTime(since) >= run.Request.Stability) return null;
            }
            else
            {
                stable = null;
                if (seen.Running.Activity is Activity.Failed or Activity.WaitingToRestart && seen.Running.Restarts > 1) return missing;
            }

            if (time.GetElapsedTime(start) >= run.Request.Timeout)
                return missing ?? $"it did not live for {run.Request.Stability.TotalSeconds:0.#} s";
            await manager.WaitForChangeAsync([seen], wait, cancellationToken);
            wait = wait * 2 > LongestWait ? LongestWait : wait * 2;
        }
    }

    private static string? Missing(ServiceObservation seen, GoodState good) =>
        seen.Installed.Text != good.Text ? $"{good.Path} is not as it was ({seen.Installed.Evidence})"
        : seen.Loaded.IsLoaded != Answer.Yes || seen.Loaded.Stamp != good.Stamp
            ? $"the manager does not hold the definition that is back on disk ({seen.Loaded.Evidence})"
        : seen.Running is not { Activity: Activity.Up, ProcessId: not null } ? $"it does not run: {seen.Running.Evidence}"
        : null;

    private Finding Failed(ServiceRun run, string why) => DiagnosticCatalog.RollbackFailed.Error(
        $"{run.Desired.Definition.Name} could not be rolled back to what ran before: {why}.", manager.StatusCommand(run.Desired));

    private TimeSpan Left(ServiceRun run, long start)
    {
        var left = run.Request.Timeout - time.GetElapsedTime(start);
        return left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
    }
}

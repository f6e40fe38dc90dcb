using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers;

namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>Observes until the goal is met and lasts, or cannot be met any more, or the time is up.</summary>
internal sealed class Verifier(
    IServiceManager manager, HostContext host, HealthProber prober, TimeProvider time, Operation operation, Progress progress)
{
    private const int LogLines = 25;
    private const int MostLogs = 5;
    private const int MostLogsOfFailures = 20;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RefusalGrace = TimeSpan.FromSeconds(2);

    private long _began;
    private long _seen;

    /// <summary>Verifies all <paramref name="runs"/>; each ends settled, failed or not.</summary>
    public void Verify(List<ServiceRun> runs, CancellationToken cancellationToken)
    {
        _began = _seen = time.GetTimestamp();
        // The cause comes first. A deploy has checked the same before it touched anything.
        var dead = operation.Mode == OperationMode.VerifyOnly
            ? runs.ConvertAll(run => Dangers.FindDead(run.Now!, run.Request, host))
            : runs.ConvertAll(_ => (Danger?)null);
        foreach (var (run, danger) in runs.Zip(dead))
            if (danger is { IsCause: true } cause) run.Add(cause.Finding);

        // What failed half-way is observed too: the report tells how things are now, not how they were.
        var stale = runs.Where(run => run.HasActed).ToList();
        var backoff = new Backoff(ShortestWait, LongestWait);
        progress.BeginToWait(runs.Count(run => !run.IsSettled));
        while (true)
        {
            if (stale.Count > 0) Observe(stale, cancellationToken);
            var open = runs.Where(run => !run.IsSettled).ToList();
            BoundedParallel.ForEach([.. open.Where(IsMet)], BoundedParallel.Checks, run => Probe(run, cancellationToken));
            foreach (var run in open) Judge(run);

            stale = [.. runs.Where(run => !run.IsSettled)];
            if (stale.Count == 0) break;
            progress.Wait(runs);
            var pause = backoff.Next();
            if (stale.All(IsOnlyUnstable)) pause = stale.Min(UntilStable);
            manager.WaitForChange(
                [.. stale.Select(run => run.Now!.Seen)], stale.MinBy(run => run.Deadline.Remaining)!.Deadline.Within(pause),
                cancellationToken);
        }

        foreach (var (run, danger) in runs.Zip(dead))
            if (danger is { } found) run.Fail(found.Finding);
        if (operation.Mode == OperationMode.VerifyOnly)
            foreach (var run in runs)
                if (Dangers.FindOutdated(run.Now!, run.Request, time.GetUtcNow()) is { } outdated) run.Add(outdated);
        foreach (var run in runs)
            if (Dangers.FindLeft(run.Now!) is { } left) run.Add(left);
        ReadLogs(runs.Where(run => run.HasFailed && IsLogOfUse(run)).Take(MostLogsOfFailures), cancellationToken);
    }

    /// <summary>Adds what a status tells beside the layers: health, and what is wrong as information.</summary>
    public void Describe(List<ServiceRun> runs, CancellationToken cancellationToken)
    {
        BoundedParallel.ForEach(
            [.. runs.Where(run => run.Now!.Seen.Running.Activity == Activity.Up)], BoundedParallel.Checks,
            run => Probe(run, cancellationToken));
        foreach (var run in runs)
        {
            var dead = Dangers.FindDead(run.Now!, run.Request, host);
            if (dead is { IsCause: true } cause) run.Add(cause.Finding with { Severity = Severity.Warning });
            foreach (var problem in Judgement.Problems(Operation.Verify, run.Now!, run.Request, manager))
                run.Add(problem with { Severity = Severity.Warning });
            if (run.Health.Length > 0 && !run.IsHealthy) run.Add(Unhealthy(run) with { Severity = Severity.Warning });
            if (dead is { } found) run.Add(found.Finding with { Severity = Severity.Warning });
            if (Dangers.FindOutdated(run.Now!, run.Request, time.GetUtcNow()) is { } outdated) run.Add(outdated);
            if (Dangers.FindLeft(run.Now!) is { } left) run.Add(left);
            run.Settle();
        }

        ReadLogs(runs.Where(IsDown).Take(MostLogs), cancellationToken);
    }

    private void ReadLogs(IEnumerable<ServiceRun> runs, CancellationToken cancellationToken) =>
        BoundedParallel.ForEach([.. runs], BoundedParallel.Programs, run => ReadLog(run, cancellationToken));

    private void ReadLog(ServiceRun run, CancellationToken cancellationToken)
    {
        run.Log = manager.ReadLog(run.Desired, run.Now!.Seen, LogLines, cancellationToken);
    }

    // Each log costs a command; of a machine full of broken services the first few tell enough.
    private static bool IsDown(ServiceRun run) =>
        run.Now is { Seen.Loaded.IsLoaded: Answer.Yes } now
        && (now.States.Running is RunningState.No or RunningState.CrashLooping || (run.Health.Length > 0 && !run.IsHealthy));

    private void Observe(List<ServiceRun> runs, CancellationToken cancellationToken)
    {
        var seen = manager.Observe(
            [.. runs.Select(run => run.Desired)], ObservationDeadline.OfLater(runs.Count, ServiceRun.LatestDeadline(runs)), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < runs.Count; i++) runs[i].See(seen[i]);
        _seen = time.GetTimestamp();
    }

    private void Probe(ServiceRun run, CancellationToken cancellationToken)
    {
        if (run.Request.Health is not { } check || run.IsHealthy || !IsHealthOfInterest) return;
        var account = HealthCheckAccount.Find(check, run.Desired.Definition, host, out var problem);
        run.HealthProblem = problem;
        if (problem != AccountCommandProblem.None)
        {
            run.Health = $"not asked: {AccountCommand.Describe(problem, run.Desired.Definition.User!, host)}";
            return;
        }

        var answer = prober.Probe(check, account, ProbeTimeout, cancellationToken);
        run.IsHealthy = answer.Healthy;
        // A server's words become a part of a message of ours, which is not searched as the words of others are.
        run.Health = $"{(answer.Healthy ? "healthy" : "unhealthy")}: {check} {run.Redaction.OfText(answer.Evidence)}";
    }

    private void Judge(ServiceRun run)
    {
        var isLate = run.Deadline.HasPassed;
        if (IsMet(run))
        {
            if (IsHealthyEnough(run) && UntilStable(run) <= TimeSpan.Zero)
            {
                if (run.Doubt is { } refuted) run.Add(refuted with { Severity = Severity.Info });
                run.Settle();
            }
            else if (isLate || (operation.Mode == OperationMode.VerifyOnly && run.HealthProblem != AccountCommandProblem.None))
            {
                run.Fail(IsHealthyEnough(run) ? Unstable(run) : Unhealthy(run));
            }

            return;
        }

        run.StableInvocation = null;
        if (!isLate && !IsRefused(run) && Judgement.MayStillCome(run.Now!, run.HasActed, run.RestartsBefore)) return;
        if (run.Doubt is { } doubt) run.Fail(doubt);
        foreach (var problem in Problems(run)) run.Fail(problem);
    }

    // The manager said no, and the process that ran before still runs: nothing is on its way.
    private bool IsRefused(ServiceRun run) =>
        run.Doubt is not null
        && run.Now!.Seen.Running is { Activity: Activity.Up } running
        && running.Invocation == run.Before!.Seen.Running.Invocation
        && time.GetElapsedTime(_began) > RefusalGrace;

    private bool IsMet(ServiceRun run) => !Problems(run).Any();

    private IEnumerable<Finding> Problems(ServiceRun run)
    {
        foreach (var problem in Judgement.Problems(operation, run.Now!, run.Request, manager)) yield return problem;
        if (operation is { Goal: Goal.Restarted, Mode: OperationMode.Apply }
            && run.Now!.Seen.Running.Invocation == run.Before!.Seen.Running.Invocation)
            yield return DiagnosticCatalog.RunningStale.Error(
                $"{run.Desired.Definition.Name} was not restarted: the same process runs as before "
                + $"(pid {run.Now.Seen.Running.ProcessId}).",
                manager.StatusCommand(run.Desired));
    }

    private bool IsHealthOfInterest => operation.Goal is Goal.Running or Goal.Restarted or Goal.Observed;

    private bool IsHealthyEnough(ServiceRun run) => run.Request.Health is null || run.IsHealthy || !IsHealthOfInterest;

    private bool IsOnlyUnstable(ServiceRun run) => IsMet(run) && IsHealthyEnough(run);

    // Only a process that this operation started has to prove that it lasts.
    private TimeSpan UntilStable(ServiceRun run)
    {
        if (!run.HasStarted || operation.Goal is not (Goal.Running or Goal.Restarted)) return TimeSpan.Zero;
        var invocation = run.Now!.Seen.Running.Invocation;
        if (run.StableInvocation != invocation)
        {
            run.StableInvocation = invocation;
            // The moment of the look, which is the same for all: they become stable together, and need one look for it.
            run.StableSince = _seen;
        }

        return run.Request.Stability - time.GetElapsedTime(run.StableSince);
    }

    private Finding Unhealthy(ServiceRun run) => run.HealthProblem == AccountCommandProblem.None
        ? DiagnosticCatalog.Unhealthy.Error(
            $"{run.Desired.Definition.Name} runs (pid {run.Now!.Seen.Running.ProcessId}), but its health check does not pass: "
            + $"{run.Health}.",
            manager.LogCommand(run.Desired))
        : HealthCheckAccount.Refuse(run.HealthProblem, operation, run.Request, host);

    private Finding Unstable(ServiceRun run) => DiagnosticCatalog.CrashLooping.Error(
        $"{run.Desired.Definition.Name} did not live for {run.Request.Stability.TotalSeconds:0.#} s within the "
        + $"{run.Request.Timeout.TotalSeconds:0.#} s allowed: {run.Now!.Seen.Running.Evidence}.",
        manager.LogCommand(run.Desired));

    private bool IsLogOfUse(ServiceRun run) =>
        run.Now is { Seen.Loaded.IsLoaded: Answer.Yes, Seen.Running.Activity: not Activity.Unknown } now
        && (now.States.Running != RunningState.Current || now.Seen.Running.Activity != Activity.Up || !IsHealthyEnough(run));
}

using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Admitting;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers;

namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>The verifying phase: observes until the goal is met and lasts, or cannot be met any more, or the deadline has passed. And
/// the describing phase, which reports the same as warnings, from one observation.</summary>
internal sealed class Verifier(
    IServiceManager manager, ServiceObserver observer, HostContext host, HealthProber prober, TimeProvider time, Operation operation,
    Progress progress)
{
    private const int LogLines = 25;
    private const int MostLogs = 5;
    private const int MostLogsOfFailures = 20;
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RefusalGrace = TimeSpan.FromSeconds(2);

    // The start whose stability is waited for, and the time of the observation that showed it first.
    private readonly Dictionary<ServiceOperation, (string? Invocation, long Since)> _stable = [];

    /// <summary>Decides the verdict of each service.</summary>
    public void Verify(IReadOnlyList<ServiceOperation> services, CancellationToken cancellationToken)
    {
        // Files are checked first, so that the cause is reported before what follows from it. An operation that applied a plan has
        // checked them before.
        var unrestartable = new Dictionary<ServiceOperation, UnrestartableProcess>();
        if (!operation.MayChange)
            foreach (var service in services)
                if (ProcessFindings.FindUnrestartable(service.Now!, service.Request, host) is { } found) unrestartable[service] = found;

        progress.BeginToWait(services.Count(service => !service.IsSettled));
        var began = time.GetTimestamp();
        observer.Poll(
            // What failed half-way is observed too, so that the report shows the state at the end.
            [.. services.Where(service => service.Execution.HasActed)],
            service => service.Deadline,
            () =>
            {
                var (open, pause) = DecideOpen([.. services.Where(service => !service.IsSettled)], unrestartable, began, cancellationToken);
                if (open.Count > 0) progress.Wait(services);
                return (open, pause);
            },
            cancellationToken);

        foreach (var service in services)
        {
            if (unrestartable.TryGetValue(service, out var found)) service.Verdict = service.Verdict.With(found.Finding);
            service.Verdict = service.Verdict.With(FindProcessWarnings(service));
        }

        ReadLogs(services.Where(service => service.HasFailed && IsLogOfUse(service)).Take(MostLogsOfFailures), cancellationToken);
    }

    /// <summary>Adds the health and, as warnings, everything that keeps a service from the goal of a deploy.</summary>
    public void Describe(IReadOnlyList<ServiceOperation> services, CancellationToken cancellationToken)
    {
        ProbeHealth(services.Where(service => service.Now!.Observation.Running.Activity == Activity.Up), cancellationToken);
        foreach (var service in services)
        {
            var unrestartable = ProcessFindings.FindUnrestartable(service.Now!, service.Request, host);
            List<Finding> errors = [];
            if (unrestartable is { IsCause: true }) errors.Add(unrestartable.Finding);
            errors.AddRange(Evaluate(service).Problems);
            if (service.Health is { IsHealthy: false, Text.Length: > 0 }) errors.Add(Unhealthy(service));
            if (unrestartable is { IsCause: false }) errors.Add(unrestartable.Finding);
            service.Verdict = service.Verdict
                .With(errors.Select(error => error with { Severity = Severity.Warning }))
                .With(FindProcessWarnings(service)) with { IsMet = true };
        }

        ReadLogs(services.Where(IsDown).Take(MostLogs), cancellationToken);
    }

    private Evaluation Evaluate(ServiceOperation service) =>
        new GoalEvaluator(operation, manager, service.Request, service.Now!, EvaluationFacts.Of(service)).Evaluate();

    private IEnumerable<Finding> FindProcessWarnings(ServiceOperation service)
    {
        if (!operation.MayChange && ProcessFindings.FindOutdated(service.Now!, service.Request, time.GetUtcNow()) is { } outdated)
            yield return outdated;
        if (ProcessFindings.FindLeftovers(service.Now!) is { } left) yield return left;
    }

    private (IReadOnlyList<ServiceOperation> Open, TimeSpan? Pause) DecideOpen(
        List<ServiceOperation> open, Dictionary<ServiceOperation, UnrestartableProcess> unrestartable, long began,
        CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var evaluations = open.ToDictionary(service => service, Evaluate);
        ProbeHealth(open.Where(service => evaluations[service].IsMet), cancellationToken);
        List<TimeSpan> pauses = [];
        foreach (var service in open)
        {
            // The process has to last from the moment on in which everything else is good.
            var untilStable = evaluations[service].IsMet && IsHealthyEnough(service) ? UntilStable(service, now) : (TimeSpan?)null;
            service.Verdict = Decide(service, evaluations[service], untilStable, unrestartable.GetValueOrDefault(service), began);
            if (!service.IsSettled && untilStable is { } rest) pauses.Add(rest);
        }

        open = open.FindAll(service => !service.IsSettled);
        // Where nothing but time is missing, the next observation is due when the first service is stable.
        return (open, pauses.Count > 0 && pauses.Count == open.Count ? pauses.Min() : null);
    }

    private Verdict Decide(
        ServiceOperation service, Evaluation evaluation, TimeSpan? untilStable, UnrestartableProcess? unrestartable, long began)
    {
        var verdict = service.Verdict;
        var isLate = service.Deadline.HasPassed;
        if (evaluation.IsMet)
        {
            if (untilStable <= TimeSpan.Zero)
                return verdict.With(service.Execution.UndecidedFailures.Select(finding => finding with { Severity = Severity.Info }))
                    with { IsMet = true };
            var cannotBeAsked = !operation.MayChange && service.Health.Problem != AccountCommandProblem.None;
            return isLate || cannotBeAsked ? Failed(IsHealthyEnough(service) ? Unstable(service) : Unhealthy(service)) : verdict;
        }

        _stable.Remove(service);
        if (!isLate && !IsRefused(service, began)
            && GoalEvaluator.CanStillBeMet(service.Now!, service.Execution.HasActed, service.RestartsBefore))
            return verdict;
        return Failed([.. service.Execution.UndecidedFailures, .. evaluation.Problems]);

        Verdict Failed(params IEnumerable<Finding> findings) =>
            (unrestartable is { IsCause: true } cause ? verdict.With(cause.Finding) : verdict).With(findings);
    }

    // The manager refused, and the process from before still runs: no other one will come.
    private bool IsRefused(ServiceOperation service, long began) =>
        !service.Execution.UndecidedFailures.IsEmpty
        && service.Now!.Observation.Running is { Activity: Activity.Up } running
        && running.Invocation == service.Before!.Observation.Running.Invocation
        && time.GetElapsedTime(began) > RefusalGrace;

    // Only a process that this operation started has to prove that it lasts.
    private TimeSpan UntilStable(ServiceOperation service, long now)
    {
        if (!service.Execution.HasStarted || !operation.Goal.IncludesProcess()) return TimeSpan.Zero;
        var invocation = service.Now!.Observation.Running.Invocation;
        // The time of the observation is the same for all services: they become stable together, and need one observation for it.
        if (!_stable.TryGetValue(service, out var stable) || stable.Invocation != invocation) _stable[service] = stable = (invocation, now);
        return service.Request.Stability - time.GetElapsedTime(stable.Since);
    }

    private void ProbeHealth(IEnumerable<ServiceOperation> services, CancellationToken cancellationToken) => BoundedParallel.ForEach(
        [.. services.Where(service => service.Request.Health is not null && !service.Health.IsHealthy && IsHealthOfInterest)],
        BoundedParallel.Checks,
        service => service.Verdict = service.Verdict with { Health = ProbeHealth(service, cancellationToken) });

    private HealthResult ProbeHealth(ServiceOperation service, CancellationToken cancellationToken)
    {
        var check = service.Request.Health!;
        var invocation = service.Now!.Observation.Running.Invocation;
        var account = HealthCheckAccount.Find(check, service.Definition, host, out var problem);
        if (problem != AccountCommandProblem.None)
            return new HealthResult(
                invocation, false, $"not asked: {AccountCommand.Describe(problem, service.Definition.User!, host)}", problem);

        var answer = prober.Probe(check, account, ProbeTimeout, cancellationToken);
        // The server's words become a part of a message of ours, which is not redacted as text of others.
        return new HealthResult(
            invocation, answer.Healthy,
            $"{(answer.Healthy ? "healthy" : "unhealthy")}: {check} {service.Redaction.OfText(answer.Evidence)}");
    }

    private bool IsHealthOfInterest => operation.Goal.IncludesProcess() || operation.Goal == Goal.Observed;

    private bool IsHealthyEnough(ServiceOperation service) =>
        service.Request.Health is null || service.Health.IsHealthy || !IsHealthOfInterest;

    private Finding Unhealthy(ServiceOperation service) => service.Health.Problem == AccountCommandProblem.None
        ? DiagnosticCatalog.Unhealthy.Error(
            $"{service.Definition.Name} runs (pid {service.Now!.Observation.Running.ProcessId}), but its health check does not pass: "
            + $"{service.Health.Text}.",
            manager.LogCommand(service.Desired))
        : HealthCheckAccount.Report(service.Health.Problem, operation, service.Request, host);

    private Finding Unstable(ServiceOperation service) => DiagnosticCatalog.CrashLooping.Error(
        $"{service.Definition.Name} did not live for {service.Request.Stability.TotalSeconds:0.#} s within the "
        + $"{service.Request.Timeout.TotalSeconds:0.#} s allowed: {service.Now!.Observation.Running.Evidence}.",
        manager.LogCommand(service.Desired));

    // Each log costs a command; of many broken services, the logs of the first few are enough.
    private void ReadLogs(IEnumerable<ServiceOperation> services, CancellationToken cancellationToken) => BoundedParallel.ForEach(
        [.. services],
        BoundedParallel.Programs,
        service => service.Verdict = service.Verdict with
        {
            Log = manager.ReadLog(service.Desired, service.Now!.Observation, LogLines, cancellationToken),
        });

    private static bool IsDown(ServiceOperation service) =>
        service.Now is { Observation.Loaded.IsLoaded: Answer.Yes } now
        && (now.States.Running is RunningState.No or RunningState.CrashLooping || service.Health is { IsHealthy: false, Text.Length: > 0 });

    private bool IsLogOfUse(ServiceOperation service) =>
        service.Now is { Observation.Loaded.IsLoaded: Answer.Yes, Observation.Running.Activity: not Activity.Unknown } now
        && (now.States.Running != RunningState.Current || now.Observation.Running.Activity != Activity.Up || !IsHealthyEnough(service));
}

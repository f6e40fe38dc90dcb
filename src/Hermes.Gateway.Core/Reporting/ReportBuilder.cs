using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.ServiceManagers;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Builds the reports of services from the results of the phases.</summary>
internal sealed class ReportBuilder(Operation operation, IServiceManager manager, CommandReports commands)
{
    private static readonly LayerStates Unobserved =
        new(InstalledState.Missing, LoadedState.Unknown, RunningState.Unknown, Answer.Unknown);

    /// <summary>Builds the redacted report.</summary>
    public ServiceReport Build(ServiceOperation service, TimeSpan duration, DateTimeOffset now)
    {
        var seen = service.Now?.Observation;
        var startedAt = seen?.Running is { ProcessId: not null, StartedAt: { } start } ? start : (DateTimeOffset?)null;
        var isChanged = service.Steps.Any(step => IsChange(step, seen));
        var errors = service.Findings.Where(finding => finding.Severity == Severity.Error).ToList();
        ImmutableArray<Finding> findings = [.. errors, .. service.Findings.Where(finding => finding.Severity != Severity.Error)];
        return service.Redaction.Of(new ServiceReport
        {
            Definition = service.Definition,
            Verb = operation.Verb,
            Manager = manager.Name,
            DefinitionPath = seen?.DefinitionPath ?? service.Desired.DefinitionPath,
            Release = service.Request.Release?.Folder ?? "",
            Outcome = service.Rollback is { IsComplete: true } ? Outcome.RolledBack
                : service.HasFailed ? Outcome.Failed
                : isChanged ? Outcome.Changed : Outcome.Unchanged,
            RunsNewProgram = service.Rollback is { RunsNewProgram: true },
            Changed = isChanged,
            Before = service.Before?.States ?? Unobserved,
            After = service.Now?.States ?? Unobserved,
            Evidence = ImmutableSortedDictionary<string, string>.Empty
                .Add("Released", seen?.Released.Evidence ?? "not looked at")
                .Add("Installed", seen?.Installed.Evidence ?? "not looked at")
                .Add("Loaded", seen?.Loaded.Evidence ?? "not looked at")
                .Add("Running", seen?.Running.Evidence ?? "not looked at"),
            ProcessId = seen?.Running.ProcessId,
            Invocation = seen?.Running.Invocation,
            ProcessIdBefore = service.Before?.Observation.Running.ProcessId,
            StartedAt = startedAt,
            Uptime = startedAt is null ? null : now > startedAt ? now - startedAt : TimeSpan.Zero,
            StartsWithoutLogin = seen?.StartsWithoutLogin ?? Answer.Unknown,
            Restarts = seen?.Running.Restarts ?? 0,
            LastExit = seen?.Running.LastExit ?? "",
            Health = service.Health.Text,
            Checks = service.Now is null
                ? Evaluation.ReportUnobserved()
                : new GoalEvaluator(
                    operation, manager, service.Request, service.Now, EvaluationFacts.Of(service, now - seen?.Running.StartedAt))
                    .Evaluate().Report(service.HasFailed, findings),
            Differences = service.Before?.Drifts ?? [],
            Kept = service.Before?.Observation.Installed.Content?.Foreign ?? [],
            DropIns = seen is null ? [] : [.. seen.Loaded.DropIns.Union(seen.Loaded.PendingDropIns)],
            FileDiff = service.Plan.FileDiff,
            Steps = service.Steps is { IsEmpty: false } steps ? steps : PlannedSteps(service),
            Commands = commands.Of(service.Definition),
            Findings = findings,
            Log = service.Verdict.Log,
            Advice = AdviceOf(findings, Severity.Error) ?? AdviceOf(findings, Severity.Warning) ?? "",
            Duration = duration,
        });
    }

    private ImmutableArray<StepReport> PlannedSteps(ServiceOperation service) => [.. service.Plan.Plan.Steps.Select(step =>
        new StepReport(step.Kind, step.Reason, manager.CommandFor(step.Kind, service.Desired), null, TimeSpan.Zero))];

    // Only the first finding of a severity counts: it is the cause of the others.
    private static string? AdviceOf(ImmutableArray<Finding> findings, Severity severity) =>
        findings.FirstOrDefault(finding => finding.Severity == severity)?.Advice;

    // A file is replaced or removed as a whole or not at all. A command that failed may have had any effect, except where the
    // observation shows whether it had one.
    private static bool IsChange(StepReport step, ServiceObservation? seen) => step switch
    {
        { Kind: StepKind.ClearFailure } => false,
        { Status: StepStatus.Failed } when step.Kind.IsOfFiles() => false,
        { Status: StepStatus.Failed, Kind: StepKind.RunWithoutLogin } => seen?.StartsWithoutLogin == Answer.Yes,
        _ => true,
    };
}

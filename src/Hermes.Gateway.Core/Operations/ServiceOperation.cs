using Hermes.Gateway.Core.Operations.Admitting;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations;

/// <summary>One service of an operation, with the results of the phases that it has been through. Each result is immutable and made
/// by its own phase; an operation that is cancelled reports the results up to then.</summary>
internal sealed class ServiceOperation(ServiceRequest request, DesiredService desired, Deadline deadline)
{
    private ReleasedFacts? _released;

    public ServiceRequest Request => request;

    public DesiredService Desired => desired;

    public ServiceDefinition Definition => desired.Definition;

    public Deadline Deadline => deadline;

    public Admission Admission { get; set; } = new();

    public ServicePlan Plan { get; set; } = new();

    public Execution Execution { get; set; } = new();

    public Verdict Verdict { get; set; } = new();

    /// <summary>Null unless the operation tried to restore the last good state.</summary>
    public RollbackResult? Rollback { get; set; }

    /// <summary>The first comparison, before anything was changed; null before the service was observed.</summary>
    public Comparison? Before { get; private set; }

    /// <summary>The latest comparison; null before the service was observed.</summary>
    public Comparison? Now { get; private set; }

    public bool HasFailed => Admission.HasFailed || Plan.HasFailed || Execution.HasFailed || Verdict.HasFailed;

    /// <summary>Whether the operation on this service has ended: it failed, or the goal is met.</summary>
    public bool IsSettled => HasFailed || Verdict.IsMet;

    /// <summary>The findings of all phases, in the order of the phases.</summary>
    public ImmutableArray<Finding> Findings =>
        [.. Admission.Findings.Concat(Plan.Findings).Concat(Execution.Findings).Concat(Verdict.Findings).Concat(Rollback?.Findings ?? []).Distinct()];

    public ImmutableArray<StepReport> Steps => [.. Execution.Steps, .. Rollback?.Steps ?? []];

    /// <summary>The health check's answer about the process that runs now.</summary>
    public HealthResult Health => Verdict.Health.Invocation == Now?.Observation.Running.Invocation ? Verdict.Health : HealthResult.NotAsked;

    /// <summary>How often the manager had restarted the process before this operation.</summary>
    public int RestartsBefore => Execution.HasStarted ? 0 : Now?.Observation.Running.Restarts ?? 0;

    /// <summary>The secrets of the service, those of the definition that was installed before included.</summary>
    public SecretText Secrets => field ??= KnownSecrets.Of(Request, Before?.Observation.Installed.Content, Before?.Observation.Loaded.Keys);

    public ReportRedaction Redaction => field ??= new ReportRedaction(Secrets);

    /// <summary>Compares a new observation with the desired definition.</summary>
    public void Observe(ServiceObservation seen)
    {
        seen = seen with { StateDirectory = StateDirectory.Observe(Definition) };
        if (Desired.Release is { } release) seen = seen with { Released = _released ??= ReleaseObserver.Observe(release) };
        Now = Comparison.Of(Desired, seen, FindVerifiedStart(seen.Running.Invocation));
        Before ??= Now;
    }

    /// <summary>Makes the next observation look at the release again, because the operation changed it.</summary>
    public void ForgetRelease() => _released = null;

    // A new start after our start command is of the desired definition, until a rollback has restored another one.
    private VerifiedStart? FindVerifiedStart(string? invocation) =>
        Execution.HasStarted && Rollback is not { IsRestored: true } && invocation is not null && invocation != Before?.Observation.Running.Invocation
            ? new VerifiedStart(invocation, Desired.Stamp.ToString())
            : Admission.LastVerifiedStart;
}

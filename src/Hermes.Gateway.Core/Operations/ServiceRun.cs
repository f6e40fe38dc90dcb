using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations;

/// <summary>One service on its way through the straight line: what was seen, planned, done and found out.</summary>
internal sealed class ServiceRun(ServiceRequest request, DesiredService desired, Deadline deadline)
{
    private readonly List<Finding> _findings = [];
    private readonly List<StepReport> _steps = [];
    private Rendering? _rendering;

    public ServiceRequest Request { get; } = request;

    public DesiredService Desired { get; } = desired;

    /// <summary>When the operation on this service must end.</summary>
    public Deadline Deadline { get; } = deadline;

    public Comparison? Before { get; private set; }

    public Comparison? Now { get; private set; }

    public Plan Plan { get; set; } = Plan.Empty;

    /// <summary>Nothing more is to be done for it: it failed, or it is verified.</summary>
    public bool IsSettled { get; private set; }

    public bool HasFailed { get; private set; }

    /// <summary>Something on the machine was, or may have been, changed.</summary>
    public bool HasActed { get; set; }

    /// <summary>We asked the manager to start a process.</summary>
    public bool HasStarted { get; set; }

    /// <summary>The definition that this operation wrote, or one that was cut short before it; null for none.</summary>
    public string? Written { get; set; }

    /// <summary>What can be gone back to; null when nothing is known to have worked.</summary>
    public GoodState? LastGood { get; set; }

    /// <summary>The last good definition is on disk again: what is started from here on is a process of that.</summary>
    public bool GoesBack { get; set; }

    /// <summary>The last good state is back.</summary>
    public bool IsRolledBack { get; set; }

    /// <summary>That it is under way is on record.</summary>
    public bool HasBegun { get; set; }

    /// <summary>The operation before this one, when it was cut short.</summary>
    public OperationRecord? Interrupted { get; set; }

    /// <summary>What stands in the place of the record of an operation is not a file of this account's own.</summary>
    public bool HasUntrustedRecord { get; set; }

    /// <summary>Another account could have changed what is kept of the service, so nothing of it is read.</summary>
    public bool IsStateUntrusted { get; set; }

    public string Health { get; set; } = "";

    public bool IsHealthy { get; set; }

    /// <summary>Why the health check could not be asked.</summary>
    public AccountCommandProblem HealthProblem { get; set; }

    public ImmutableArray<string> Log { get; set; } = [];

    public ImmutableArray<string> FileDiff { get; set; } = [];

    /// <summary>A failure of a start, which counts only if verification does not refute it.</summary>
    public Finding? Doubt { get; set; }

    public string? StableInvocation { get; set; }

    public long StableSince { get; set; }

    public int RestartsBefore => HasStarted ? 0 : Now?.Seen.Running.Restarts ?? 0;

    /// <summary>The start that was last verified, as it is on record.</summary>
    public Proof? Recorded { get; set; }

    /// <summary>What proves the process: a start that we caused, else the start verified last time.</summary>
    private Proof? ProofOf(ServiceObservation seen) =>
        HasStarted && !GoesBack && seen.Running.Invocation is { } invocation && invocation != Before?.Seen.Running.Invocation
            ? new Proof(invocation, Desired.Stamp.ToString())
            : Recorded;

    /// <summary>The secrets of the service. Read once, and not before the first observation: what was installed before belongs
    /// to them.</summary>
    public SecretText Secrets => field ??= KnownSecrets.Of(Request, Before?.Seen.Installed.Content, Before?.Seen.Loaded.Keys);

    /// <summary>Redacts everything that is shown about the service.</summary>
    public ReportRedaction Redaction => field ??= new ReportRedaction(Secrets);

    public void See(ServiceObservation seen)
    {
        // Another process has to answer for itself.
        if (Now?.Seen.Running.Invocation != seen.Running.Invocation) (IsHealthy, Health) = (false, "");
        Now = Comparison.Of(Desired, seen, ProofOf(seen));
        Before ??= Now;
    }

    /// <summary>The text of the definition that is wanted. It is planned with and then written, and the same both times.
    /// </summary>
    public string Render(IServiceManager manager, InstalledFacts seen)
    {
        if (_rendering is not { } last || !ReferenceEquals(last.Seen, seen))
            _rendering = last = new Rendering(seen, manager.Render(Desired, seen));
        return last.Text;
    }

    public void Add(Finding finding)
    {
        if (!_findings.Contains(finding)) _findings.Add(finding);
    }

    /// <summary>Whether a finding says just this.</summary>
    public bool HasTold(string message) => _findings.Any(finding => finding.Message == message);

    public void Fail(Finding finding)
    {
        Add(finding);
        HasFailed = IsSettled = true;
    }

    /// <summary>Tells what is about to be done, and what was found out so far.</summary>
    public void Tell(IOperationListener? listener) => listener?.Planned(
        Request, Plan with { Steps = [.. Plan.Steps.Select(Redaction.Of)] }, [.. _findings.Select(Redaction.Of)]);

    public void Settle() => IsSettled = true;

    public void Record(StepReport step) => _steps.Add(step);

    public ServiceReport Report(
        Operation operation, IServiceManager manager, CommandReports commands, TimeSpan duration, DateTimeOffset now)
    {
        var unknown = new LayerStates(InstalledState.Missing, LoadedState.Unknown, RunningState.Unknown, Answer.Unknown);
        var seen = Now?.Seen;
        var changed = _steps.Any(IsChange);
        // The errors first.
        var findings = _findings.Where(IsError).Concat(_findings.Where(finding => !IsError(finding)))
            .ToImmutableArray();
        return new ServiceReport
        {
            Definition = Desired.Definition,
            Verb = operation.Verb,
            Manager = manager.Name,
            DefinitionPath = seen?.DefinitionPath ?? Desired.DefinitionPath,
            Outcome = IsRolledBack ? Outcome.RolledBack : HasFailed ? Outcome.Failed : changed ? Outcome.Changed : Outcome.Unchanged,
            Changed = changed,
            Before = Before?.States ?? unknown,
            After = Now?.States ?? unknown,
            Evidence = ImmutableSortedDictionary<string, string>.Empty
                .Add("Installed", seen?.Installed.Evidence ?? "not looked at")
                .Add("Loaded", seen?.Loaded.Evidence ?? "not looked at")
                .Add("Running", seen?.Running.Evidence ?? "not looked at"),
            ProcessId = seen?.Running.ProcessId,
            Invocation = seen?.Running.Invocation,
            ProcessIdBefore = Before?.Seen.Running.ProcessId,
            StartedAt = StartOf(seen),
            Uptime = StartOf(seen) is { } start ? (now > start ? now - start : TimeSpan.Zero) : null,
            StartsWithoutLogin = seen?.StartsWithoutLogin ?? Answer.Unknown,
            Restarts = seen?.Running.Restarts ?? 0,
            LastExit = seen?.Running.LastExit ?? "",
            Health = Health,
            Checks = Checks.Of(operation, Request, Now, new CheckFacts
            {
                HasFailed = HasFailed,
                HasStarted = HasStarted,
                IsHealthy = IsHealthy,
                Health = Health,
                IsHealthUnknown = HealthProblem != AccountCommandProblem.None,
                InvocationBefore = Before?.Seen.Running.Invocation,
                Age = now - seen?.Running.StartedAt,
                Findings = findings,
            }),
            Differences = Before?.Drifts ?? [],
            Kept = Before?.Seen.Installed.Content?.Foreign ?? [],
            DropIns = seen is null ? [] : [.. seen.Loaded.Overrides.Union(seen.Loaded.PendingOverrides)],
            FileDiff = FileDiff,
            Steps = _steps.Count > 0
                ? [.. _steps]
                : [.. Plan.Steps.Select(step =>
                    new StepReport(step.Kind, step.Reason, manager.CommandFor(step.Kind, Desired), null, TimeSpan.Zero))],
            Commands = commands.Of(Desired.Definition),
            Findings = findings,
            Log = Log,
            Advice = findings.FirstOrDefault(IsError)?.Advice
                ?? findings.FirstOrDefault(finding => finding.Severity == Severity.Warning)?.Advice ?? "",
            Duration = duration,
        };
    }

    /// <summary>The latest of the deadlines of <paramref name="runs"/>.</summary>
    public static Deadline LatestDeadline(IEnumerable<ServiceRun> runs) => runs.MaxBy(run => run.Deadline.Remaining)!.Deadline;

    private static bool IsError(Finding finding) => finding.Severity == Severity.Error;

    // A file is replaced or removed as a whole or not at all; a command that failed may have done anything, of which some
    // is seen afterwards.
    private bool IsChange(StepReport step) => step switch
    {
        { Status: null } or { Kind: StepKind.ClearFailure } => false,
        { Status: StepStatus.Failed, Kind: StepKind.Write or StepKind.Remove } => false,
        { Status: StepStatus.Failed, Kind: StepKind.RunWithoutLogin } => Now?.Seen.StartsWithoutLogin == Answer.Yes,
        _ => true,
    };

    // The manager remembers the start of a process that has ended, too.
    private static DateTimeOffset? StartOf(ServiceObservation? seen) =>
        seen?.Running is { ProcessId: not null, StartedAt: { } start } ? start : null;

    // What was rendered over what was seen.
    private sealed record Rendering(InstalledFacts Seen, string Text);
}

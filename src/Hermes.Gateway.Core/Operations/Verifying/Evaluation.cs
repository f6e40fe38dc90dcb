namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>One aspect of a service, evaluated against the goal.</summary>
internal sealed class Check(CheckName name, CheckResult result, string evidence, params Finding?[] problems)
{
    public CheckReport Report { get; } = new(name, result, evidence);

    /// <summary>Errors, for what keeps the goal from being met; empty where another check has the cause.</summary>
    public IEnumerable<Finding> Problems { get; } = problems.OfType<Finding>();
}

/// <summary>The evaluation of one comparison.</summary>
/// <param name="Checks">A result for each <see cref="CheckName"/>.</param>
/// <param name="ManagerErrors">The manager's errors that keep any layer from being trusted, such as a mask.</param>
/// <param name="Problems">What keeps the layers from the goal, the deepest cause first; empty when the goal is met.</param>
internal sealed record Evaluation(ImmutableArray<Check> Checks, ImmutableArray<Finding> ManagerErrors, ImmutableArray<Finding> Problems)
{
    /// <summary>Whether all layers are as the goal wants them. Health and stability take time, and are decided by the verifier.</summary>
    public bool IsMet => Problems.IsEmpty;

    /// <summary>The checks as they are reported. If the operation failed, the check that the cause concerns does not pass.</summary>
    public ImmutableArray<CheckReport> Report(bool hasFailed, ImmutableArray<Finding> findings)
    {
        var reports = Checks.Select(check => check.Report).ToArray();
        foreach (var error in ManagerErrors) Spoil(reports, error);
        // A cancellation is a warning, and the last finding.
        var cause = findings.FirstOrDefault(finding => finding.Severity == Severity.Error)
            ?? findings.LastOrDefault(finding => finding.Severity == Severity.Warning);
        if (hasFailed && cause is not null && reports.All(IsGood)) Spoil(reports, cause);
        return [.. reports];
    }

    /// <summary>The checks of a service that was never observed.</summary>
    public static ImmutableArray<CheckReport> ReportUnobserved() =>
        [.. Enum.GetValues<CheckName>().Select(name => new CheckReport(name, CheckResult.Unknown, "not looked at"))];

    private static void Spoil(CheckReport[] reports, Finding cause)
    {
        // A failure of the operation itself leaves open whether the service is stable.
        var concerned = cause.Descriptor.Check;
        ref var report = ref reports[(int)(concerned ?? CheckName.Stability)];
        if (IsGood(report))
            report = report with
            {
                Result = concerned is null ? CheckResult.Unknown : CheckResult.Fail,
                Evidence = $"{cause.Code}: {cause.Descriptor.Title}",
            };
    }

    private static bool IsGood(CheckReport report) => report.Result is CheckResult.Pass or CheckResult.Skipped;
}

/// <summary>What an operation knows about a service so far, beside the comparison.</summary>
internal sealed record EvaluationFacts
{
    public bool HasFailed { get; init; }

    /// <summary>Whether this operation started the process.</summary>
    public bool HasStarted { get; init; }

    public HealthResult Health { get; init; } = HealthResult.NotAsked;

    /// <summary>The process's start before the operation; null when there was none.</summary>
    public string? InvocationBefore { get; init; }

    /// <summary>How long the process has been up; null when that is not known.</summary>
    public TimeSpan? Age { get; init; }

    public ImmutableArray<Finding> Findings { get; init; } = [];

    public static EvaluationFacts Of(ServiceOperation service, TimeSpan? age = null) => new()
    {
        HasFailed = service.HasFailed,
        HasStarted = service.Execution.HasStarted,
        Health = service.Health,
        InvocationBefore = service.Before?.Observation.Running.Invocation,
        Age = age,
        Findings = service.Findings,
    };
}

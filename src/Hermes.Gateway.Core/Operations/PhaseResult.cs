namespace Hermes.Gateway.Core.Operations;

/// <summary>The result of a phase for one service.</summary>
internal abstract record PhaseResult
{
    public ImmutableArray<Finding> Findings { get; init; } = [];

    public virtual bool HasFailed => Findings.Any(finding => finding.Severity == Severity.Error);
}

internal static class PhaseResultExtensions
{
    public static T With<T>(this T result, params IEnumerable<Finding> findings) where T : PhaseResult =>
        result with { Findings = [.. result.Findings, .. findings] };
}

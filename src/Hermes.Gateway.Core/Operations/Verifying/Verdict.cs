using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>The result of the verifying or describing phase for one service.</summary>
internal sealed record Verdict : PhaseResult
{
    /// <summary>Whether the goal was observed to be met; for a status, whether the service was described.</summary>
    public bool IsMet { get; init; }

    /// <summary>The last answer of the health check, whichever process it was about.</summary>
    public HealthResult Health { get; init; } = HealthResult.NotAsked;

    /// <summary>The service's last log lines, oldest first; empty when they explain nothing.</summary>
    public ImmutableArray<string> Log { get; init; } = [];

    public bool IsCancelled { get; init; }

    public override bool HasFailed => IsCancelled || base.HasFailed;
}

/// <summary>An answer of a health check.</summary>
/// <param name="Invocation">The process's start that it is about.</param>
/// <param name="IsHealthy">Whether the check passed.</param>
/// <param name="Text">The answer, or why the check could not be asked; empty when it was not asked.</param>
/// <param name="Problem">Why the check could not run as the service's account.</param>
internal sealed record HealthResult(string? Invocation, bool IsHealthy, string Text, AccountCommandProblem Problem = AccountCommandProblem.None)
{
    public static HealthResult NotAsked { get; } = new(null, false, "");
}

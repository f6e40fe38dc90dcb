using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Integration.Tests.Robustness.Faults;

/// <summary>An operation and the state in which it starts.</summary>
/// <param name="Name">The name in reports.</param>
/// <param name="Operation">The operation.</param>
/// <param name="From">The definition that is installed; null for none.</param>
/// <param name="Wanted">The definition of the build.</param>
/// <param name="IsStopped">Whether the service is stopped after it was installed.</param>
internal sealed record OperationCase(string Name, Operation Operation, string? From, string Wanted, bool IsStopped = false)
{
    private const string Old = "definition-old";
    private const string New = "definition-new";

    public static OperationCase DeployOverStale { get; } = new("deploy", Operation.Deploy, Old, New);

    public static OperationCase FirstDeploy { get; } = new("first deploy", Operation.Deploy, null, New);

    public static OperationCase Install { get; } = new("install", Operation.Install, Old, New);

    public static OperationCase Start { get; } = new("start", Operation.Start, New, New, IsStopped: true);

    public static OperationCase Restart { get; } = new("restart", Operation.Restart, New, New);

    public static OperationCase Stop { get; } = new("stop", Operation.Stop, New, New);

    public static OperationCase Uninstall { get; } = new("uninstall", Operation.Uninstall, New, New);

    /// <summary>A deploy whose new program exits at once.</summary>
    public static OperationCase RolledBack { get; } = new("deploy that is rolled back", Operation.Deploy, Old, ObservedService.Broken);

    /// <summary>The cases that change the machine.</summary>
    public static IReadOnlyList<OperationCase> Changing { get; } =
        [DeployOverStale, FirstDeploy, Install, Start, Restart, Stop, Uninstall, RolledBack];

    public static IReadOnlyList<OperationCase> All { get; } =
    [
        .. Changing,
        new("verify", Operation.Verify, New, New),
        // The status of a stopped service also reads its log.
        new("status", Operation.Status, New, New, IsStopped: true),
        new("plan", Operation.PlanDeploy, Old, New),
    ];

    public bool KeepsDefinition => Operation.Goal != Goal.Absent;
}

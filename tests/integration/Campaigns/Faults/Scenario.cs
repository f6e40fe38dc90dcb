using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>A verb, and the state that it starts from.</summary>
/// <param name="Name">For figures.</param>
/// <param name="Operation">The verb.</param>
/// <param name="From">The definition that is installed; null for none.</param>
/// <param name="Wanted">The definition that the build wants.</param>
/// <param name="IsStopped">Installed, and not running.</param>
internal sealed record Scenario(string Name, Operation Operation, string? From, string Wanted, bool IsStopped = false)
{
    public static Scenario DeployOverStale { get; } = new("deploy", Operation.Deploy, "old", "new");

    public static Scenario FirstDeploy { get; } = new("first deploy", Operation.Deploy, null, "new");

    public static Scenario Install { get; } = new("install", Operation.Install, "old", "new");

    public static Scenario Start { get; } = new("start", Operation.Start, "new", "new", IsStopped: true);

    public static Scenario Restart { get; } = new("restart", Operation.Restart, "new", "new");

    public static Scenario Stop { get; } = new("stop", Operation.Stop, "new", "new");

    public static Scenario Uninstall { get; } = new("uninstall", Operation.Uninstall, "new", "new");

    /// <summary>The new program does not live.</summary>
    public static Scenario RolledBack { get; } = new("deploy that is rolled back", Operation.Deploy, "old", "die");

    /// <summary>Those that change something.</summary>
    public static IReadOnlyList<Scenario> Changing { get; } =
        [DeployOverStale, FirstDeploy, Install, Start, Restart, Stop, Uninstall, RolledBack];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. Changing,
        new("verify", Operation.Verify, "new", "new"),
        // Of a service that is down, the log is read, too.
        new("status", Operation.Status, "new", "new", IsStopped: true),
        new("plan", Operation.PlanDeploy, "old", "new"),
    ];

    public bool KeepsDefinition => Operation.Goal != Goal.Absent;
}

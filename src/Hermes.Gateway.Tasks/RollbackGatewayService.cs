namespace Hermes.Gateway.Tasks;

/// <summary>Runs services from an earlier release, with the settings of that release, and verifies that they run. The current release
/// stays, and the next deploy goes forward again.</summary>
[MSBuildMultiThreadableTask]
public sealed class RollbackGatewayService : GatewayTask
{
    /// <summary>The release to go back to: its revision (16 hexadecimal digits) or the beginning of that. Default: the one that worked
    /// before the current one.</summary>
    public string Release { get; set; } = "";

    private protected override Operation Operation => Operation.Rollback;

    private protected override string ChosenRelease => Release.Trim();
}

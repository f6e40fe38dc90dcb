namespace Hermes.Gateway.Tasks;

/// <summary>Starts services, and first repairs definitions that are missing, stale or not loaded.</summary>
[MSBuildMultiThreadableTask]
public sealed class StartGatewayService : GatewayTask
{
    private protected override Operation Operation => Operation.Start;
}

namespace Hermes.Gateway.Tasks;

/// <summary>Stops services and keeps their definitions.</summary>
[MSBuildMultiThreadableTask]
public sealed class StopGatewayService : GatewayTask
{
    private protected override Operation Operation => Operation.Stop;
}

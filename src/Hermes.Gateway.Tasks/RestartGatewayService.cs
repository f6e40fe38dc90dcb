namespace Hermes.Gateway.Tasks;

/// <summary>Restarts services; succeeds only when new processes run.</summary>
[MSBuildMultiThreadableTask]
public sealed class RestartGatewayService : GatewayTask
{
    private protected override Operation Operation => Operation.Restart;
}

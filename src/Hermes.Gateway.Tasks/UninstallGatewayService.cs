namespace Hermes.Gateway.Tasks;

/// <summary>Stops, disables and removes services; succeeds only when nothing of them is left.</summary>
[MSBuildMultiThreadableTask]
public sealed class UninstallGatewayService : GatewayTask
{
    private protected override Operation Operation => Operation.Uninstall;
}

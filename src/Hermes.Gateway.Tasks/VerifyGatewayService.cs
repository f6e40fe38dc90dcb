namespace Hermes.Gateway.Tasks;

/// <summary>Fails unless services are as a deploy would leave them; changes nothing.</summary>
[MSBuildMultiThreadableTask]
public sealed class VerifyGatewayService : GatewayTask
{
    private protected override Operation Operation => Operation.Verify;

    private protected override bool ReadsBuild => true;
}

namespace Hermes.Gateway.Tasks;

/// <summary>Reports the state of services; changes nothing, and succeeds in any state.</summary>
[MSBuildMultiThreadableTask]
public sealed class GetGatewayServiceStatus : GatewayTask
{
    /// <summary>Also report the steps that a deploy would take. Default: false.</summary>
    public bool Plan { get; set; }

    private protected override Operation Operation => Plan ? Operation.PlanDeploy : Operation.Status;

    private protected override bool ReadsBuild => true;
}

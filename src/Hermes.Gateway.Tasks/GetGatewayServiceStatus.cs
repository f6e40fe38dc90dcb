using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>Observes and reports; changes nothing, and succeeds whatever the state.</summary>
[MSBuildMultiThreadableTask]
public sealed class GetGatewayServiceStatus : GatewayTask
{
    /// <summary>Also tell the steps that a deploy would take. Default: false.</summary>
    public bool Plan { get; set; }

    /// <inheritdoc/>
    private protected override Operation Operation => Plan ? Operation.PlanDeploy : Operation.Status;
}

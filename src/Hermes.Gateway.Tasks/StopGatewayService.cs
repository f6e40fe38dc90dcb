using Hermes.Gateway.Core.Operations;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>Stops services; the definitions stay.</summary>
[MSBuildMultiThreadableTask]
public sealed class StopGatewayService : GatewayTask
{
    /// <inheritdoc/>
    private protected override Operation Operation => Operation.Stop;
}

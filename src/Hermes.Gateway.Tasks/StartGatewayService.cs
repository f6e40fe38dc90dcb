using Hermes.Gateway.Core.Operations;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>Starts services; what is missing, stale or not loaded is repaired on the way.</summary>
[MSBuildMultiThreadableTask]
public sealed class StartGatewayService : GatewayTask
{
    /// <inheritdoc/>
    private protected override Operation Operation => Operation.Start;
}

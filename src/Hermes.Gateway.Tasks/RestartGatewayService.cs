using Hermes.Gateway.Core.Operations;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>Starts services anew; the old processes end.</summary>
[MSBuildMultiThreadableTask]
public sealed class RestartGatewayService : GatewayTask
{
    /// <inheritdoc/>
    private protected override Operation Operation => Operation.Restart;
}

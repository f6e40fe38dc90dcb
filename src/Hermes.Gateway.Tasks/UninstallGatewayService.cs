using Hermes.Gateway.Core.Operations;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>Stops, disables and removes services, and proves that nothing is left.</summary>
[MSBuildMultiThreadableTask]
public sealed class UninstallGatewayService : GatewayTask
{
    /// <inheritdoc/>
    private protected override Operation Operation => Operation.Uninstall;
}

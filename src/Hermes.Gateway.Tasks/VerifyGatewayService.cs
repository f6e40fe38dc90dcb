using Hermes.Gateway.Core.Operations;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>Changes nothing; fails unless everything is as a deploy would leave it.</summary>
[MSBuildMultiThreadableTask]
public sealed class VerifyGatewayService : GatewayTask
{
    /// <inheritdoc/>
    private protected override Operation Operation => Operation.Verify;
}

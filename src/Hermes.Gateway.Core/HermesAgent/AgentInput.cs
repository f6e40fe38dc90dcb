namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>What a project says of a Hermes Agent installation: text, not yet checked. Empty means not said.</summary>
public sealed record AgentInput
{
    /// <summary><c>HermesAgentHome</c>.</summary>
    public string Home { get; init; } = "";

    /// <summary><c>HermesAgentProfile</c>.</summary>
    public string Profile { get; init; } = "";

    /// <summary><c>HermesAgentCheckout</c>.</summary>
    public string Checkout { get; init; } = "";

    /// <summary><c>HermesAgentPython</c>.</summary>
    public string Python { get; init; } = "";

    /// <summary><c>HermesGatewayAllowTemporary</c>: <c>true</c> or <c>false</c>.</summary>
    public string AllowTemporary { get; init; } = "";
}

namespace Hermes.Gateway.Core.Definitions;

/// <summary>Which of a machine's managers owns a service.</summary>
public enum ServiceScope
{
    /// <summary>The user's own manager; no special rights needed.</summary>
    User,

    /// <summary>The machine's manager; needs root to change anything.</summary>
    System,
}

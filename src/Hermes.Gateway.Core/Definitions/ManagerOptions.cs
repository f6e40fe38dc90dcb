namespace Hermes.Gateway.Core.Definitions;

/// <summary>The part of a definition that only one service manager understands; each manager derives its own record.</summary>
public abstract record ManagerOptions;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>A start that this operation asked for: what counts as having come after it.</summary>
/// <param name="Runs">launchd's count of runs with which the start that was asked for begins.</param>
/// <param name="OutputLength">How long the log of standard output was, in bytes.</param>
/// <param name="ErrorsLength">How long the log of standard error was, in bytes.</param>
internal sealed record AskedStart(int Runs, long OutputLength, long ErrorsLength);

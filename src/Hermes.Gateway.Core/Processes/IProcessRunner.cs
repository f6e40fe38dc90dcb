namespace Hermes.Gateway.Core.Processes;

/// <summary>Runs one external command to its end. The only place from which this project starts processes.</summary>
public interface IProcessRunner
{
    /// <summary>
    /// Runs <paramref name="request"/> and returns what happened. Never throws for anything the command does:
    /// a missing program, a time-out and a cancellation are results too, so that evidence is never lost.
    /// </summary>
    /// <param name="request">The program, its arguments and its limits.</param>
    /// <param name="cancellationToken">
    /// Stops the command: first politely (SIGTERM), then, after <see cref="CommandRequest.GracePeriod"/>, by SIGKILL
    /// of its whole tree. The result's <see cref="CommandResult.End"/> is then <see cref="CommandEnd.Canceled"/>.
    /// </param>
    CommandResult Run(CommandRequest request, CancellationToken cancellationToken);
}

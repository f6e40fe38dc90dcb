namespace Hermes.Gateway.Core.Processes;

/// <summary>Runs external commands. This project starts processes only through this interface.</summary>
public interface IProcessRunner
{
    /// <summary>Runs a command until it ends and returns the result. Never throws for anything the command does: a missing
    /// program, a timeout and a cancellation are results too, so that no evidence is lost.</summary>
    /// <param name="request">The program, its arguments and its limits.</param>
    /// <param name="cancellationToken">Stops the command: politely (SIGTERM), then, after
    /// <see cref="CommandRequest.GracePeriod"/>, by SIGKILL of its whole tree. The result ends with
    /// <see cref="CommandEnd.Canceled"/>.</param>
    CommandResult Run(CommandRequest request, CancellationToken cancellationToken);
}

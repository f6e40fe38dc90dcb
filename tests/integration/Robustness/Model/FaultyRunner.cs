using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Integration.Tests.Robustness.Model;

/// <summary>Runs commands, and makes a chosen one fail.</summary>
internal sealed class FaultyRunner(IProcessRunner inner) : IProcessRunner
{
    private int _left = -1;
    private bool _isDone;

    /// <summary>Whether a command was chosen and has not been run.</summary>
    public bool IsArmed => _left >= 0;

    /// <summary>Whether the chosen command has failed since <see cref="Disarm"/>.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The commands since <see cref="Disarm"/>.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Chooses the command that fails: <paramref name="number"/> commands are run before it.</summary>
    /// <param name="number">The number of commands before it.</param>
    /// <param name="isDone">Whether the command is run, so that only its reported result is false.</param>
    public void Arm(int number, bool isDone) => (_left, _isDone) = (number, isDone);

    public void Disarm()
    {
        (_left, HasFailed) = (-1, false);
        Commands.Clear();
    }

    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        lock (Commands) Commands.Add($"{Path.GetFileName(request.Program)} {string.Join(' ', request.Arguments)}");
        if (Interlocked.Decrement(ref _left) != -1) return inner.Run(request, cancellationToken);
        HasFailed = true;
        var result = new CommandResult { Request = request, End = CommandEnd.Exited, ExitCode = 1, StandardError = "Failed: Connection reset by peer" };
        return _isDone ? (inner.Run(request, cancellationToken)) with { ExitCode = 1, StandardOutput = "", StandardError = result.StandardError } : result;
    }
}

using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>Runs commands for real, except for one that was chosen.</summary>
internal sealed class FaultyRunner(IProcessRunner inner) : IProcessRunner
{
    private int _left = -1;
    private bool _isDone;

    /// <summary>Whether a fault waits for its command.</summary>
    public bool IsArmed => _left >= 0;

    /// <summary>Whether one has happened since <see cref="Disarm"/>.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>What has been run since <see cref="Disarm"/>.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Chooses the command: <paramref name="number"/> more are run before it.</summary>
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

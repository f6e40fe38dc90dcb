namespace Hermes.Gateway.Core.Processes;

/// <summary>Keeps the limits of requests: what every runner waits for, how long, and what it does then.</summary>
/// <param name="time">The clock they are counted by.</param>
internal sealed class CommandWatch(TimeProvider time)
{
    // An exited command's output is complete once both pipes are at their end, which another process that inherited
    // them can put off for ever. The wait is in slices because a stall of the whole machine can swallow one timer.
    private const int OutputWaits = 10;
    private static readonly TimeSpan OutputWait = TimeSpan.FromMilliseconds(50);

    // A process in an uninterruptible system call outlives even SIGKILL.
    private static readonly TimeSpan KillWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>Refuses a request that no runner can keep.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit of the request is out of its range.</exception>
    public static void Check(CommandRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.GracePeriod, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(request.MaxOutputCharacters);
    }

    /// <summary>Waits until the command has ended, and makes it end when its time is up or the caller cancels.</summary>
    /// <param name="request">The limits.</param>
    /// <param name="exit">Completes when the command has exited.</param>
    /// <param name="requestStop">Asks it politely; false when it has exited before.</param>
    /// <param name="kill">Kills it and all that it has started.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public CommandEnd WaitOrStop(
        CommandRequest request, Task exit, Func<bool> requestStop, Action kill, CancellationToken cancellationToken)
    {
        Wait(exit, request.Timeout, cancellationToken);

        // Looked at again at the last moment: what has exited by itself is never said to have been stopped.
        if (exit.IsCompleted || !requestStop())
            return CommandEnd.Exited;

        var end = cancellationToken.IsCancellationRequested ? CommandEnd.Canceled : CommandEnd.TimedOut;
        Wait(exit, request.GracePeriod, CancellationToken.None);
        if (!exit.IsCompleted)
        {
            kill();
            Wait(exit, KillWait, CancellationToken.None);
        }

        return end;
    }

    /// <summary>Returns when the reading of both streams has ended, or is not worth waiting for any more.</summary>
    public void WaitForOutput(Task bothEnded)
    {
        for (var wait = 0; wait < OutputWaits && !bothEnded.IsCompleted; wait++)
            Wait(bothEnded, OutputWait, CancellationToken.None);
    }

    /// <summary>Returns when <paramref name="task"/> has ended, the time is up, or the token is cancelled.</summary>
    private void Wait(Task task, TimeSpan limit, CancellationToken cancellationToken) =>
        task
            .WaitAsync(limit < LongestTimer ? limit : LongestTimer, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing)
            .GetAwaiter().GetResult();
}

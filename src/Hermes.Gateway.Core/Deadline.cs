namespace Hermes.Gateway.Core;

/// <summary>The point in time by which work must end.</summary>
/// <param name="time">The clock.</param>
/// <param name="allowed">The time from now until then.</param>
internal sealed class Deadline(TimeProvider time, TimeSpan allowed)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The time from the construction of this object to the deadline.</summary>
    public TimeSpan Allowed => allowed;

    /// <summary>The time since the construction of this object.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>The time that is left; zero after the deadline.</summary>
    public TimeSpan Remaining => allowed - Elapsed is { Ticks: > 0 } rest ? rest : TimeSpan.Zero;

    /// <summary>Whether no time is left.</summary>
    public bool HasPassed => Remaining == TimeSpan.Zero;

    /// <summary>The one of <paramref name="deadlines"/>, at least one, that leaves the most time.</summary>
    public static Deadline Latest(IEnumerable<Deadline> deadlines) => deadlines.Aggregate((a, b) => a.Remaining >= b.Remaining ? a : b);

    /// <summary>The one of <paramref name="deadlines"/>, at least one, that leaves the least time.</summary>
    public static Deadline Earliest(IEnumerable<Deadline> deadlines) => deadlines.Aggregate((a, b) => a.Remaining <= b.Remaining ? a : b);

    /// <summary>A deadline at most <paramref name="duration"/> from now, and not later than this one.</summary>
    public Deadline Within(TimeSpan duration) => new(time, Shorter(duration, Remaining));

    /// <summary>This deadline, or a later one when less than <paramref name="duration"/> is left. For work that must be tried even
    /// after the deadline.</summary>
    public Deadline OrAtLeast(TimeSpan duration) => Remaining >= duration ? this : new Deadline(time, duration);

    /// <summary>Blocks for <paramref name="duration"/>, but not beyond the deadline.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    internal void Pause(TimeSpan duration, CancellationToken cancellationToken) =>
        time.Wait(Shorter(duration, Remaining), cancellationToken);

    /// <summary>Evaluates a condition, and again after each pause, until it holds. The last evaluation begins after the deadline.
    /// </summary>
    /// <returns>Whether the condition held.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled during a pause.</exception>
    internal bool PollUntil(Func<bool> condition, TimeSpan pause, CancellationToken cancellationToken)
    {
        while (true)
        {
            var isLast = HasPassed;
            if (condition()) return true;
            if (isLast) return false;
            Pause(pause, cancellationToken);
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

/// <summary>Pauses between observations: each twice as long as the one before, up to a limit.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private TimeSpan _next = first;

    /// <summary>The length of the next pause.</summary>
    public TimeSpan Next()
    {
        var next = _next;
        _next = next * 2 > longest ? longest : next * 2;
        return next;
    }
}

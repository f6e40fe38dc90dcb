namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>A clock that stands still until <see cref="Advance"/> is called. Its timers are real.</summary>
internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan time) => _now += time;

    /// <summary>The length of timers that fire at once; null for none.</summary>
    public TimeSpan? Elapsed { get; set; }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Elapsed ? TimeSpan.Zero : dueTime, period);
}

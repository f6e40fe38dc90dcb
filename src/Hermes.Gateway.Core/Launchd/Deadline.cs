namespace Hermes.Gateway.Core.Launchd;

/// <summary>The end of the time for a step that has several parts.</summary>
internal sealed class Deadline(TimeProvider time, TimeSpan total)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>What is left; zero when nothing is.</summary>
    public TimeSpan Remaining => total - time.GetElapsedTime(_start) is { Ticks: > 0 } rest ? rest : TimeSpan.Zero;

    /// <summary>Nothing is left.</summary>
    public bool IsOver => Remaining == TimeSpan.Zero;

    /// <summary>Waits, but not beyond the end.</summary>
    public void Delay(TimeSpan delay, CancellationToken cancellationToken) =>
        time.Wait(delay < Remaining ? delay : Remaining, cancellationToken);
}

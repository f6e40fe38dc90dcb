namespace Hermes.Gateway.Core;

/// <summary>Adds a blocking wait to <see cref="TimeProvider"/>.</summary>
internal static class TimeProviderExtensions
{
    /// <summary>Blocks for <paramref name="delay"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public static void Wait(this TimeProvider time, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (time == TimeProvider.System)
        {
            // A timer's callback needs a thread of the pool, and other tasks of the same build may block all of them.
            cancellationToken.WaitHandle.WaitOne(delay);
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }

        using var isOver = new ManualResetEventSlim();
        using var timer = time.CreateTimer(_ => isOver.Set(), null, delay, Timeout.InfiniteTimeSpan);
        isOver.Wait(cancellationToken);
    }
}

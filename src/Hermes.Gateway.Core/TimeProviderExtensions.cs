namespace Hermes.Gateway.Core;

/// <summary>What <see cref="TimeProvider"/> has for asynchronous code only.</summary>
internal static class TimeProviderExtensions
{
    /// <summary>Blocks for <paramref name="delay"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public static void Wait(this TimeProvider time, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (time == TimeProvider.System)
        {
            // A timer would need a thread of the pool, all of which others of the same build may hold.
            cancellationToken.WaitHandle.WaitOne(delay);
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }

        using var isOver = new ManualResetEventSlim();
        using var timer = time.CreateTimer(_ => isOver.Set(), null, delay, Timeout.InfiniteTimeSpan);
        isOver.Wait(cancellationToken);
    }
}

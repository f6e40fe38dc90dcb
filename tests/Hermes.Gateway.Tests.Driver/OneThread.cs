using System.Collections.Concurrent;

namespace Hermes.Gateway.Tests.Driver;

/// <summary>Runs what is asynchronous on the thread that calls, so that all system calls of an operation are made by one
/// thread and can be counted from outside.</summary>
internal sealed class OneThread : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _work = [];

    /// <summary>Runs <paramref name="work"/> to its end.</summary>
    public static int Run(Func<Task<int>> work)
    {
        using var context = new OneThread();
        SetSynchronizationContext(context);
        var task = work();
        _ = task.ContinueWith(_ => context._work.CompleteAdding(), TaskScheduler.Default);
        foreach (var (callback, state) in context._work.GetConsumingEnumerable()) callback(state);
        return task.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            _work.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            // What comes after the end is of no interest any more.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _work.Dispose();
}

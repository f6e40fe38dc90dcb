namespace Hermes.Gateway.Core.Tests.Processes;

/// <summary>Generous bounds, for a machine under load.</summary>
internal static class Bounds
{
    /// <summary>The longest wait of a test.</summary>
    public static readonly TimeSpan Test = TimeSpan.FromSeconds(60);

    /// <summary>Shorter than the timeouts of commands, so that an end within this time was not caused by one.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    /// <summary>A limit that only a defect reaches.</summary>
    public static readonly TimeSpan Never = TimeSpan.FromMinutes(10);

    /// <summary>Runs blocking work, and fails when it takes longer than <see cref="Test"/>.</summary>
    public static T Within<T>(Func<T> work) => Begin(work).WaitAsync(Test, TestContext.Current.CancellationToken).GetAwaiter().GetResult();

    /// <inheritdoc cref="Within{T}"/>
    public static void Within(Action work) => Begin(work).WaitAsync(Test, TestContext.Current.CancellationToken).GetAwaiter().GetResult();

    /// <summary>Begins blocking work in its own thread: the pool has few, and servers of tests need them.</summary>
    public static Task<T> Begin<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc cref="Begin{T}"/>
    public static Task Begin(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits until <paramref name="condition"/> holds, and fails when that takes longer than <see cref="Test"/>.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Test);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
    }
}

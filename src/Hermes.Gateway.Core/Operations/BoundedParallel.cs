using System.Runtime.ExceptionServices;

namespace Hermes.Gateway.Core.Operations;

/// <summary>Does the same work for many services in parallel threads, within a bound. The threads are not taken from the thread pool,
/// which adds threads only slowly while its own are blocked. After an exception no further item is started; when all work has ended,
/// the exception of the earliest item is thrown unwrapped.</summary>
internal static class BoundedParallel
{
    /// <summary>The bound for programs, each of which is a process.</summary>
    public const int Programs = 8;

    /// <summary>The bound for health checks, which mostly wait; each has a file descriptor.</summary>
    public const int Checks = 128;

    /// <summary>The bound for work on files. The file system flushes concurrent writes together; more threads gain nothing.</summary>
    public const int Files = 8;

    // Below this number of items, starting threads takes longer than the computation.
    private const int FewestComputations = 64;

    /// <summary>Computes a result for each item, on all processors if there are many items.</summary>
    public static TResult[] Select<T, TResult>(IReadOnlyList<T> items, Func<T, int, TResult> compute)
    {
        var results = new TResult[items.Count];
        Run(items.Count, BoundOfComputations(items.Count), i => results[i] = compute(items[i], i));
        return results;
    }

    /// <summary>Runs a computation for each item, on all processors if there are many items.</summary>
    public static void ForEach<T>(IReadOnlyList<T> items, Action<T> compute) => ForEach(items, BoundOfComputations(items.Count), compute);

    /// <summary>Runs blocking work for each item, for at most <paramref name="bound"/> items at a time, and returns the results in the
    /// order of the items.</summary>
    public static TResult[] Select<T, TResult>(IReadOnlyList<T> items, int bound, Func<T, TResult> work)
    {
        var results = new TResult[items.Count];
        Run(items.Count, bound, i => results[i] = work(items[i]));
        return results;
    }

    /// <summary>Runs blocking work for each item, for at most <paramref name="bound"/> items at a time.</summary>
    public static void ForEach<T>(IReadOnlyList<T> items, int bound, Action<T> work) => Run(items.Count, bound, i => work(items[i]));

    private static int BoundOfComputations(int count) => count < FewestComputations ? 1 : Environment.ProcessorCount;

    private static void Run(int count, int bound, Action<int> work)
    {
        var failures = new Exception?[count];
        var started = 0;
        var hasFailed = false;
        var threads = new List<Thread>();
        while (threads.Count < Math.Min(bound, count) - 1 && TryStart(WorkToTheEnd) is { } thread) threads.Add(thread);
        WorkToTheEnd();
        foreach (var thread in threads) thread.Join();
        if (Array.Find(failures, failure => failure is not null) is { } first) ExceptionDispatchInfo.Throw(first);

        void WorkToTheEnd()
        {
            while (!Volatile.Read(ref hasFailed) && Interlocked.Increment(ref started) - 1 is var i && i < count)
                try
                {
                    work(i);
                }
#pragma warning disable CA1031 // Rethrown on the caller's thread.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    failures[i] = e;
                    Volatile.Write(ref hasFailed, true);
                }
        }
    }

    private static Thread? TryStart(ThreadStart work)
    {
        try
        {
            var thread = new Thread(work) { IsBackground = true, Name = "Hermes.Gateway" };
            thread.Start();
            return thread;
        }
        catch (OutOfMemoryException)
        {
            // The account may have no more threads (RLIMIT_NPROC); fewer threads do the same work.
            return null;
        }
    }
}

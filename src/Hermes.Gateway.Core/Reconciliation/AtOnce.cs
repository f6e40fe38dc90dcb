using System.Runtime.ExceptionServices;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>The same for many services side by side, within a bound.</summary>
internal static class AtOnce
{
    /// <summary>The most programs at once: each is a process of its own, on a machine that has other work.</summary>
    public const int Programs = 8;

    /// <summary>The most health checks at once. They wait for answers more than they work; each has a descriptor.</summary>
    public const int Checks = 128;

    /// <summary>The most threads that work on files. What waits for the disk at the same time is made durable together;
    /// more of them gain nothing.</summary>
    public const int Files = 8;

    /// <summary>For fewer no thread is begun for their files.</summary>
    public const int Handful = 4;

    // What is made of fewer is made before other threads have begun.
    private const int Few = 64;

    /// <summary>Makes something of each of <paramref name="items"/>, with all processors when there are many.</summary>
    public static TResult[] Select<T, TResult>(IReadOnlyList<T> items, Func<T, int, TResult> make)
        where TResult : class?
    {
        var made = new TResult[items.Count];
        Work(made.Length, i => made[i] = make(items[i], i));
        return made;
    }

    /// <summary>Works on each of <paramref name="items"/>, likewise. What one throws is thrown as it is.</summary>
    public static void ForEach<T>(IReadOnlyList<T> items, Action<T> work)
        where T : class =>
        Work(items.Count, i => work(items[i]));

    /// <summary>Works on the files of each of <paramref name="items"/>, several at a time when there are more than a few: such
    /// work waits for the disk. On threads of their own, because the pool's are for what does not wait, and are slow to
    /// become more. When it is over, all of it is; what one throws is thrown as it is, and what had not begun then is not
    /// done.</summary>
    public static void ForEachFile<T>(IReadOnlyList<T> items, Action<T> work)
        where T : class
    {
        if (items.Count < Handful)
            foreach (var item in items) work(item);
        else
            new Crew<T>(items, work).Run();
    }

    /// <summary>Does something for each of <paramref name="items"/>, for at most <paramref name="most"/> at a time.</summary>
    public static Task ForEachAsync<T>(IReadOnlyList<T> items, int most, Func<T, Task> work) => items.Count switch
    {
        0 => Task.CompletedTask,
        1 => work(items[0]),
        _ => ForManyAsync(items, most, work),
    };

    private static void Work(int count, Action<int> work)
    {
        if (count >= Few) WorkOnMany(count, work);
        else
            for (var i = 0; i < count; i++) work(i);
    }

    // What it takes is not to be loaded for a few.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WorkOnMany(int count, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task ForManyAsync<T>(IReadOnlyList<T> items, int most, Func<T, Task> work) => Parallel.ForAsync(
        0, items.Count, new ParallelOptions { MaxDegreeOfParallelism = most }, async (i, _) => await work(items[i]));

    /// <summary>The threads that work on the files of some items, the caller's among them.</summary>
    private sealed class Crew<T>(IReadOnlyList<T> items, Action<T> work)
        where T : class
    {
        private readonly Exception?[] _failures = new Exception?[items.Count];
        private int _begun;
        private volatile bool _hasFailed;

        public void Run()
        {
            var helpers = new List<Thread>();
            while (helpers.Count < Math.Min(Files, items.Count) - 1 && TryStart() is { } helper) helpers.Add(helper);
            Work();
            foreach (var helper in helpers) helper.Join();
            // The one that would have come first.
            if (Array.Find(_failures, failure => failure is not null) is { } first) ExceptionDispatchInfo.Throw(first);
        }

        private Thread? TryStart()
        {
            try
            {
                var helper = new Thread(Work) { IsBackground = true, Name = "Hermes.Gateway files" };
                helper.Start();
                return helper;
            }
            catch (OutOfMemoryException)
            {
                // The account may have no more threads (ulimit -u): fewer of them get there too.
                return null;
            }
        }

        private void Work()
        {
            while (!_hasFailed && Interlocked.Increment(ref _begun) - 1 is var at && at < items.Count)
                try
                {
                    work(items[at]);
                }
#pragma warning disable CA1031 // It is thrown again, in the caller's thread.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    _failures[at] = e;
                    _hasFailed = true;
                }
        }
    }
}

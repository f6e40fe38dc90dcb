using System.Runtime.ExceptionServices;
using Hermes.Gateway.Core.Operations.Verifying;

namespace Hermes.Gateway.Core.Operations;

/// <summary>The same for many services side by side, within a bound.</summary>
internal static class BoundedParallel
{
    /// <summary>The most programs at once: each is a process of its own, on a machine that has other work.</summary>
    public const int Programs = 8;

    /// <summary>The most health checks at once. They wait for answers more than they work; each has a descriptor.</summary>
    public const int Checks = 128;

    /// <summary>The most threads that work on files. What waits for the disk at the same time is made durable together;
    /// more of them gain nothing.</summary>
    public const int Files = 8;

    // Below this number of items, starting threads takes longer than the computation.
    private const int Few = 64;

    /// <summary>Computes something for each of <paramref name="items"/>, with all processors when there are many.</summary>
    public static TResult[] Select<T, TResult>(IReadOnlyList<T> items, Func<T, int, TResult> make)
    {
        var made = new TResult[items.Count];
        Compute(made.Length, i => made[i] = make(items[i], i));
        return made;
    }

    /// <summary>Runs a computation for each of <paramref name="items"/>, with all processors when there are many. The first
    /// exception is thrown unwrapped.</summary>
    public static void ForEach<T>(IReadOnlyList<T> items, Action<T> work) => Compute(items.Count, i => work(items[i]));

    /// <summary>Runs blocking work for each of <paramref name="items"/>, as
    /// <see cref="ForEach{T}(IReadOnlyList{T}, int, Action{T})"/> does, and returns the results in the order of the items.</summary>
    public static TResult[] Select<T, TResult>(IReadOnlyList<T> items, int most, Func<T, TResult> ask)
    {
        var answers = new TResult[items.Count];
        Block(answers.Length, most, i => answers[i] = ask(items[i]));
        return answers;
    }

    /// <summary>Runs blocking work (on the disk, a process, the network) for each of <paramref name="items"/>, at most
    /// <paramref name="most"/> at a time, and returns when all of it has ended. After an exception no further item is started, and
    /// the exception of the earliest item is thrown unwrapped.</summary>
    public static void ForEach<T>(IReadOnlyList<T> items, int most, Action<T> work) => Block(items.Count, most, i => work(items[i]));

    private static void Compute(int count, Action<int> work)
    {
        if (count < Few)
        {
            for (var i = 0; i < count; i++) work(i);
            return;
        }

        try
        {
            Parallel.For(0, count, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private static void Block(int count, int most, Action<int> work)
    {
        if (count == 1) work(0);
        else if (count > 1) new Crew(count, work).Run(most);
    }

    /// <summary>The threads that do blocking work: the caller's, and others that are not taken from the thread pool, because the
    /// pool adds threads only slowly when its own are blocked.</summary>
    private sealed class Crew(int count, Action<int> work)
    {
        private readonly Exception?[] _failures = new Exception?[count];
        private int _begun;
        private volatile bool _hasFailed;

        public void Run(int most)
        {
            var helpers = new List<Thread>();
            while (helpers.Count < Math.Min(most, count) - 1 && TryStart() is { } helper) helpers.Add(helper);
            Work();
            foreach (var helper in helpers) helper.Join();
            // The exception of the earliest item.
            if (Array.Find(_failures, failure => failure is not null) is { } first) ExceptionDispatchInfo.Throw(first);
        }

        private Thread? TryStart()
        {
            try
            {
                var helper = new Thread(Work) { IsBackground = true, Name = "Hermes.Gateway" };
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
            while (!_hasFailed && Interlocked.Increment(ref _begun) - 1 is var at && at < count)
                try
                {
                    work(at);
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

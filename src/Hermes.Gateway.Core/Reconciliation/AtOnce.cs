namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>The same for many services side by side, within a bound.</summary>
internal static class AtOnce
{
    /// <summary>The most programs at once: each is a process of its own, on a machine that has other work.</summary>
    public const int Programs = 8;

    /// <summary>The most health checks at once. They wait for answers more than they work; each has a descriptor.</summary>
    public const int Checks = 128;

    // What is made of fewer is made before other threads have begun.
    private const int Few = 64;

    /// <summary>Makes something of each of <paramref name="items"/>, with all processors when there are many.</summary>
    public static TResult[] Select<T, TResult>(IReadOnlyList<T> items, Func<T, int, TResult> make)
        where TResult : class
    {
        var made = new TResult[items.Count];
        if (items.Count < Few)
            for (var i = 0; i < made.Length; i++) made[i] = make(items[i], i);
        else
            Parallel.For(0, made.Length, i => made[i] = make(items[i], i));
        return made;
    }

    /// <summary>Does something for each of <paramref name="items"/>, for at most <paramref name="most"/> at a time.</summary>
    public static Task ForEachAsync<T>(IReadOnlyList<T> items, int most, Func<T, Task> work) => items.Count switch
    {
        0 => Task.CompletedTask,
        1 => work(items[0]),
        _ => Parallel.ForAsync(
            0, items.Count, new ParallelOptions { MaxDegreeOfParallelism = most }, async (i, _) => await work(items[i])),
    };
}

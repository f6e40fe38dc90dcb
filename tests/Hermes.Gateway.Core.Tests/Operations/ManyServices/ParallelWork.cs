using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Operations.ManyServices;

/// <summary>Parallel work on many services runs once for each, within a limit of threads, and throws as sequential work
/// would.</summary>
public sealed class ParallelWork
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(BoundedParallel.Files)]
    [InlineData(1000)]
    public void Blocking_work_runs_once_for_each_item(int count)
    {
        var items = Items(count);

        BoundedParallel.ForEach(items, BoundedParallel.Files, item => Interlocked.Increment(ref item.Times));

        Assert.All(items, item => Assert.Equal(1, item.Times));
    }

    [Fact]
    public void Blocking_work_for_one_item_runs_on_the_calling_thread()
    {
        Thread? thread = null;

        BoundedParallel.ForEach(Items(1), BoundedParallel.Files, _ => thread = Thread.CurrentThread);

        Assert.Same(Thread.CurrentThread, thread);
    }

    [Fact]
    public void Results_are_in_the_order_of_the_items()
    {
        var answers = BoundedParallel.Select(Items(100), BoundedParallel.Files, item => item.Number);

        Assert.Equal(Enumerable.Range(0, 100), answers);
    }

    [Fact]
    public void Concurrency_reaches_the_limit_and_never_exceeds_it()
    {
        // Each item waits for all others at the barrier: with fewer threads, the barrier would time out.
        using var all = new Barrier(BoundedParallel.Files);
        var (now, most, late) = (0, 0, 0);
        var gate = new Lock();

        BoundedParallel.ForEach(Items(5 * BoundedParallel.Files), BoundedParallel.Files, _ =>
        {
            lock (gate) most = Math.Max(most, ++now);
            if (!all.SignalAndWait(Bounds.Test)) Interlocked.Increment(ref late);
            lock (gate) now--;
        });

        Assert.Equal((0, 0, BoundedParallel.Files), (late, now, most));
    }

    [Fact]
    public void Work_runs_on_the_calling_thread_and_never_on_other_pool_threads()
    {
        using var all = new Barrier(BoundedParallel.Files);
        var items = Items(BoundedParallel.Files);

        BoundedParallel.ForEach(items, BoundedParallel.Files, item =>
        {
            (item.Worker, item.IsPoolThread) = (Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread);
            all.SignalAndWait(Bounds.Test);
        });

        Assert.Equal(BoundedParallel.Files, items.Select(item => item.Worker).Distinct().Count());
        Assert.Single(items, item => item.Worker == Thread.CurrentThread);
        Assert.All(items, item => Assert.True(item.Worker == Thread.CurrentThread || !item.IsPoolThread));
    }

    [Fact]
    public void No_item_is_begun_after_an_exception()
    {
        var items = Items(1000);

        var thrown = Assert.Throws<FileNotFoundException>(() => BoundedParallel.ForEach(items, BoundedParallel.Files, Fail));

        Assert.StartsWith("no. ", thrown.Message, StringComparison.Ordinal);
        Assert.InRange(items.Sum(item => item.Times), 1, BoundedParallel.Files);

        static void Fail(Item item)
        {
            item.Times++;
            throw new FileNotFoundException($"no. {item.Number}");
        }
    }

    [Fact]
    public void Earliest_exception_is_thrown_unwrapped_after_all_work_has_ended()
    {
        using var all = new Barrier(BoundedParallel.Files);
        var ended = 0;

        var thrown = Assert.Throws<FileNotFoundException>(() => BoundedParallel.ForEach(Items(BoundedParallel.Files), BoundedParallel.Files, item =>
        {
            all.SignalAndWait(Bounds.Test);
            Interlocked.Increment(ref ended);
            if (item.Number >= 2) throw new FileNotFoundException($"no. {item.Number}");
        }));

        Assert.Equal(("no. 2", BoundedParallel.Files), (thrown.Message, ended));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(500)]
    public void Pure_work_runs_once_for_each_item_and_throws_the_original_exception(int count)
    {
        var items = Items(count);

        BoundedParallel.ForEach(items, item => Interlocked.Increment(ref item.Times));
        var made = BoundedParallel.Select(items, (item, i) => $"{item.Number} {i}");
        var thrown = Record.Exception(() => BoundedParallel.ForEach(items, item =>
        {
            if (item.Number == 1) throw new FileNotFoundException("no. 1");
        }));

        Assert.All(items, item => Assert.Equal(1, item.Times));
        Assert.Equal(items.Select(item => $"{item.Number} {item.Number}"), made);
        Assert.Equal("no. 1", Assert.IsType<FileNotFoundException>(thrown).Message);
    }

    private static Item[] Items(int count) => [.. Enumerable.Range(0, count).Select(i => new Item(i))];

    private sealed class Item(int number)
    {
        public int Times;

        public int Number { get; } = number;

        public Thread? Worker { get; set; }

        public bool IsPoolThread { get; set; }
    }
}

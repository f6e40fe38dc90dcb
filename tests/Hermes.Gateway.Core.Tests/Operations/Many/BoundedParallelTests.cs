using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Operations.Many;

/// <summary>What is done for many services side by side is done for each once, within a bound, and fails as it would one
/// after the other.</summary>
public sealed class BoundedParallelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(BoundedParallel.Files)]
    [InlineData(1000)]
    public void Blocking_work_is_done_for_each_item_once(int count)
    {
        var items = Items(count);

        BoundedParallel.ForEach(items, BoundedParallel.Files, item => Interlocked.Increment(ref item.Times));

        Assert.All(items, item => Assert.Equal(1, item.Times));
    }

    [Fact]
    public void Blocking_work_for_one_item_is_done_by_the_caller()
    {
        Thread? thread = null;

        BoundedParallel.ForEach(Items(1), BoundedParallel.Files, _ => thread = Thread.CurrentThread);

        Assert.Same(Thread.CurrentThread, thread);
    }

    [Fact]
    public void Answers_are_in_the_order_of_the_items()
    {
        var answers = BoundedParallel.Select(Items(100), BoundedParallel.Files, item => item.Number);

        Assert.Equal(Enumerable.Range(0, 100), answers);
    }

    [Fact]
    public void As_many_items_as_are_allowed_block_at_the_same_time_and_never_more()
    {
        // Each waits until all of them are at it: fewer threads would never get there.
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
    public void The_threads_are_the_callers_and_none_of_the_pool()
    {
        using var all = new Barrier(BoundedParallel.Files);
        var items = Items(BoundedParallel.Files);

        BoundedParallel.ForEach(items, BoundedParallel.Files, item =>
        {
            (item.By, item.IsOfPool) = (Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread);
            all.SignalAndWait(Bounds.Test);
        });

        Assert.Equal(BoundedParallel.Files, items.Select(item => item.By).Distinct().Count());
        Assert.Single(items, item => item.By == Thread.CurrentThread);
        Assert.All(items, item => Assert.True(item.By == Thread.CurrentThread || !item.IsOfPool));
    }

    [Fact]
    public void After_an_exception_no_item_is_begun_any_more()
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
    public void What_several_throw_is_as_the_first_of_them_threw_it_and_all_have_ended_by_then()
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
    public void Pure_work_is_done_for_each_once_too_and_fails_with_what_was_thrown(int count)
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

        public Thread? By { get; set; }

        public bool IsOfPool { get; set; }
    }
}

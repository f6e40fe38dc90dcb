using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Many;

/// <summary>What is done for many services side by side is done for each once, within a bound, and fails as it would one
/// after the other.</summary>
public sealed class AtOnceTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(AtOnce.Handful - 1)]
    [InlineData(AtOnce.Handful)]
    [InlineData(AtOnce.Files)]
    [InlineData(1000)]
    public void The_files_of_each_item_are_worked_on_once(int count)
    {
        var items = Items(count);

        AtOnce.ForEachFile(items, item => Interlocked.Increment(ref item.Times));

        Assert.All(items, item => Assert.Equal(1, item.Times));
    }

    [Fact]
    public void Of_a_few_they_are_worked_on_in_order_and_by_the_caller_alone()
    {
        var (order, threads) = (new List<int>(), new List<Thread>());

        AtOnce.ForEachFile(Items(AtOnce.Handful - 1), item =>
        {
            order.Add(item.Number);
            threads.Add(Thread.CurrentThread);
        });

        Assert.Equal(Enumerable.Range(0, AtOnce.Handful - 1), order);
        Assert.All(threads, thread => Assert.Same(Thread.CurrentThread, thread));
    }

    [Fact]
    public void Of_more_so_many_as_there_are_threads_for_wait_at_the_same_time_and_never_more()
    {
        // Each waits until all of them are at it: fewer threads would never get there.
        using var all = new Barrier(AtOnce.Files);
        var (now, most, late) = (0, 0, 0);
        var gate = new Lock();

        AtOnce.ForEachFile(Items(5 * AtOnce.Files), _ =>
        {
            lock (gate) most = Math.Max(most, ++now);
            if (!all.SignalAndWait(Bounds.Test)) Interlocked.Increment(ref late);
            lock (gate) now--;
        });

        Assert.Equal((0, 0, AtOnce.Files), (late, now, most));
    }

    [Fact]
    public void The_threads_are_the_callers_and_none_of_the_pool()
    {
        using var all = new Barrier(AtOnce.Files);
        var items = Items(AtOnce.Files);

        AtOnce.ForEachFile(items, item =>
        {
            (item.By, item.IsOfPool) = (Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread);
            all.SignalAndWait(Bounds.Test);
        });

        Assert.Equal(AtOnce.Files, items.Select(item => item.By).Distinct().Count());
        Assert.Single(items, item => item.By == Thread.CurrentThread);
        Assert.All(items, item => Assert.True(item.By == Thread.CurrentThread || !item.IsOfPool));
    }

    [Fact]
    public void What_one_of_a_few_throws_is_thrown_and_those_behind_it_are_not_begun()
    {
        var items = Items(AtOnce.Handful - 1);

        var thrown = Assert.Throws<FileNotFoundException>(() => AtOnce.ForEachFile(items, Fail));

        Assert.Equal("no. 0", thrown.Message);
        Assert.Equal([1, 0, 0], items.Select(item => item.Times));

        static void Fail(Item item)
        {
            item.Times++;
            throw new FileNotFoundException($"no. {item.Number}");
        }
    }

    [Fact]
    public void What_several_throw_is_as_the_first_of_them_threw_it_and_all_have_ended_by_then()
    {
        using var all = new Barrier(AtOnce.Files);
        var ended = 0;

        var thrown = Assert.Throws<FileNotFoundException>(() => AtOnce.ForEachFile(Items(AtOnce.Files), item =>
        {
            all.SignalAndWait(Bounds.Test);
            Interlocked.Increment(ref ended);
            if (item.Number >= 2) throw new FileNotFoundException($"no. {item.Number}");
        }));

        Assert.Equal(("no. 2", AtOnce.Files), (thrown.Message, ended));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(500)]
    public void Pure_work_is_done_for_each_once_too_and_fails_with_what_was_thrown(int count)
    {
        var items = Items(count);

        AtOnce.ForEach(items, item => Interlocked.Increment(ref item.Times));
        var made = AtOnce.Select(items, (item, i) => $"{item.Number} {i}");
        var thrown = Record.Exception(() => AtOnce.ForEach(items, item =>
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

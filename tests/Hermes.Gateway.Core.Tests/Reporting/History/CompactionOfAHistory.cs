using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Reporting.History;

namespace Hermes.Gateway.Core.Tests.Reporting.History;

public class CompactionOfAHistory
{
    [Fact]
    public void Newest_entry_is_last()
    {
        var list = Add(Entries.Changed(0), Entries.Failed(1, "HGW4006"), Entries.Changed(2, "stop"));

        Assert.Equal(["deploy changed 1", "deploy failed 1", "stop changed 1"], Entries.Format(list));
    }

    [Fact]
    public void Consecutive_operations_without_changes_are_merged_with_first_and_last_time()
    {
        var list = Add(Entries.Changed(0), Entries.NoOp(1), Entries.NoOp(2), Entries.NoOp(3));

        Assert.Equal(["deploy changed 1", "deploy unchanged 3"], Entries.Format(list));
        Assert.Equal((Entries.Minute(1), Entries.Minute(3)), (list[1].When, list[1].Last));
    }

    [Fact]
    public void Operations_without_changes_are_not_merged_across_a_change() => Assert.Equal(
        ["deploy unchanged 2", "deploy changed 1", "deploy unchanged 1"],
        Entries.Format(Add(Entries.NoOp(0), Entries.NoOp(1), Entries.Changed(2), Entries.NoOp(3))));

    [Fact]
    public void Operations_with_another_verb_user_or_finding_are_not_merged() => Assert.Equal(
        5, Add(Entries.NoOp(0), Entries.NoOp(1, "stop"), Entries.NoOp(2, "stop", 0), Entries.NoOp(3, "stop", 0, "HGW2011"), Entries.NoOp(4, "stop", 0)).Length);

    [Fact]
    public void Consecutive_failures_are_not_merged() =>
        Assert.Equal(3, Add(Entries.Failed(0, "HGW4006"), Entries.Failed(1, "HGW4006"), Entries.Failed(2, "HGW4006")).Length);

    [Fact]
    public void Oldest_entries_beyond_one_hundred_are_dropped()
    {
        var list = Add([.. Enumerable.Range(0, 130).Select(i => Entries.Failed(i, "HGW4006"))]);

        Assert.Equal(Enumerable.Range(30, 100).Select(Entries.Minute), list.Select(entry => entry.When));
    }

    [Fact]
    public void Thousand_operations_without_changes_displace_no_other_entry()
    {
        var list = Add([Entries.Failed(0, "HGW4006"), .. Enumerable.Range(1, 1000).Select(i => Entries.NoOp(i))]);

        Assert.Equal(["deploy failed 1", "deploy unchanged 1000"], Entries.Format(list));
    }

    [Property(MaxTest = 25)]
    public Property Long_entries_are_bounded_and_the_newest_are_kept() => Prop.ForAll(
        (from padding in Gen.Choose(0, 120_000)
         from kind in Gen.Choose(0, 3)
         select (padding, kind)).ListOf(40).ToArbitrary(),
        made =>
        {
            var added = made.Select((one, i) => one.kind == 0 ? Entries.NoOp(i) : Entries.Changed(i, padding: one.padding)).ToList();
            var list = Add([.. added]);

            Assert.True(list.Sum(entry => Encoding.UTF8.GetByteCount(entry.ToLine()) + 1) <= ServiceHistory.MaxEntryBytes);
            Assert.Equal(added[^1].When, list[^1].Last);
            Assert.Equal(list.Select(entry => entry.When).Order(), list.Select(entry => entry.When));
            // The kept entries are the last ones that were added, without gaps.
            Assert.Equal(added.Count(entry => entry.When >= list[0].When), list.Sum(entry => entry.Count));
        });

    [Fact]
    public void Compacting_after_each_entry_equals_compacting_once() => Prop.ForAll(
        (from kind in Gen.Choose(0, 3)
         from padding in Gen.Choose(0, 60_000)
         select (kind, padding)).ListOf(60).ToArbitrary(),
        made =>
        {
            var added = made.Select((one, i) => one.kind < 3 ? Entries.NoOp(i) : Entries.Changed(i, padding: one.padding)).ToArray();
            var kept = ImmutableArray<HistoryEntry>.Empty;
            foreach (var entry in added) kept = ServiceHistory.Compact([.. kept, entry]);

            Assert.Equal(Add(added).Select(entry => entry.ToLine()), kept.Select(entry => entry.ToLine()));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    private static ImmutableArray<HistoryEntry> Add(params HistoryEntry[] entries) => ServiceHistory.Compact(entries);
}

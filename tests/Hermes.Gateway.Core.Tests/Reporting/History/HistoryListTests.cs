using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Reporting.History;

namespace Hermes.Gateway.Core.Tests.Reporting.History;

public class HistoryListTests
{
    [Fact]
    public void The_newest_is_the_last()
    {
        var list = Add(Entries.Changed(0), Entries.Failed(1, "HGW4006"), Entries.Changed(2, "stop"));

        Assert.Equal(["deploy changed 1", "deploy failed 1", "stop changed 1"], Entries.Told(list));
    }

    [Fact]
    public void Operations_in_a_row_that_found_nothing_to_do_are_one_entry_with_both_moments()
    {
        var list = Add(Entries.Changed(0), Entries.NoOp(1), Entries.NoOp(2), Entries.NoOp(3));

        Assert.Equal(["deploy changed 1", "deploy unchanged 3"], Entries.Told(list));
        Assert.Equal((Entries.Minute(1), Entries.Minute(3)), (list[1].When, list[1].Last));
    }

    [Fact]
    public void What_happened_between_separates_them() => Assert.Equal(
        ["deploy unchanged 2", "deploy changed 1", "deploy unchanged 1"],
        Entries.Told(Add(Entries.NoOp(0), Entries.NoOp(1), Entries.Changed(2), Entries.NoOp(3))));

    [Fact]
    public void Another_verb_another_user_or_another_finding_is_news() => Assert.Equal(
        5, Add(Entries.NoOp(0), Entries.NoOp(1, "stop"), Entries.NoOp(2, "stop", 0), Entries.NoOp(3, "stop", 0, "HGW2011"), Entries.NoOp(4, "stop", 0)).Length);

    [Fact]
    public void Failures_in_a_row_are_each_told() =>
        Assert.Equal(3, Add(Entries.Failed(0, "HGW4006"), Entries.Failed(1, "HGW4006"), Entries.Failed(2, "HGW4006")).Length);

    [Fact]
    public void Of_more_than_a_hundred_the_oldest_go()
    {
        var list = Add([.. Enumerable.Range(0, 130).Select(i => Entries.Failed(i, "HGW4006"))]);

        Assert.Equal(Enumerable.Range(30, 100).Select(Entries.Minute), list.Select(entry => entry.When));
    }

    [Fact]
    public void A_thousand_deploys_of_what_is_current_push_nothing_out()
    {
        var list = Add([Entries.Failed(0, "HGW4006"), .. Enumerable.Range(1, 1000).Select(i => Entries.NoOp(i))]);

        Assert.Equal(["deploy failed 1", "deploy unchanged 1000"], Entries.Told(list));
    }

    [Property(MaxTest = 25)]
    public Property However_long_the_entries_are_the_bounds_hold_and_the_newest_stay() => Prop.ForAll(
        (from padding in Gen.Choose(0, 120_000)
         from kind in Gen.Choose(0, 3)
         select (padding, kind)).ListOf(40).ToArbitrary(),
        made =>
        {
            var added = made.Select((one, i) => one.kind == 0 ? Entries.NoOp(i) : Entries.Changed(i, padding: one.padding)).ToList();
            var list = Add([.. added]);

            Assert.True(list.Sum(entry => Encoding.UTF8.GetByteCount(entry.ToLine()) + 1) <= HistoryList.MostBytes);
            Assert.Equal(added[^1].When, list[^1].Last);
            Assert.Equal(list.Select(entry => entry.When).Order(), list.Select(entry => entry.When));
            // Nothing in the middle is missing: what is left is an end of all that was added.
            Assert.Equal(added.Count(entry => entry.When >= list[0].When), list.Sum(entry => entry.Count));
        });

    [Fact]
    public void A_list_that_was_bounded_already_is_continued_as_if_it_had_not_been() => Prop.ForAll(
        (from kind in Gen.Choose(0, 3)
         from padding in Gen.Choose(0, 60_000)
         select (kind, padding)).ListOf(60).ToArbitrary(),
        made =>
        {
            var added = made.Select((one, i) => one.kind < 3 ? Entries.NoOp(i) : Entries.Changed(i, padding: one.padding)).ToArray();
            var kept = ImmutableArray<HistoryEntry>.Empty;
            foreach (var entry in added) kept = HistoryList.Of([.. kept, entry]);

            Assert.Equal(Add(added).Select(entry => entry.ToLine()), kept.Select(entry => entry.ToLine()));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    private static ImmutableArray<HistoryEntry> Add(params HistoryEntry[] entries) => HistoryList.Of(entries);
}

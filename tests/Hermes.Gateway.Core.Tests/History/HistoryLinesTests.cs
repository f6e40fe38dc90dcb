using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.History;

namespace Hermes.Gateway.Core.Tests.History;

/// <summary>To add to the lines unread comes to the same as to read all of them and write them again.</summary>
public class HistoryLinesTests
{
    private static Gen<HistoryEntry> Operations =>
        from minute in Gen.Choose(0, 9)
        from kind in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)))
        from verb in Gen.Frequency((5, Gen.Constant("deploy")), (1, Gen.Constant("stop")))
        from user in Gen.Frequency((5, Gen.Constant(1000u)), (1, Gen.Constant(0u)))
        from codes in Gen.Frequency(
            (4, Gen.Constant(Array.Empty<string>())), (1, Gen.Constant<string[]>(["HGW2011"])),
            (1, Gen.Constant<string[]>(["HGW2011", "HGW1013"])))
        from padding in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Choose(0, 120_000)))
        select kind switch
        {
            0 => Entries.NoOp(minute, verb, user, codes),
            1 => Entries.Changed(minute, verb, padding),
            _ => Entries.Failed(minute, codes),
        };

    [Property(MaxTest = 60)]
    public Property The_lines_are_those_of_the_entries_after_every_operation() => Prop.ForAll(
        Operations.ListOf(60).ToArbitrary(),
        operations =>
        {
            var entries = ImmutableArray<HistoryEntry>.Empty;
            var file = Array.Empty<byte>();
            foreach (var operation in operations)
            {
                var change = HistoryLines.Add(file, HistoryRecord.Of(operation))!;
                var (before, old) = (entries, file);
                entries = HistoryList.Add(entries, operation);
                file = [.. file[change.From..change.To], .. change.Line];

                Assert.Equal(string.Concat(entries.Select(entry => entry.ToLine() + "\n")), Encoding.UTF8.GetString(file));
                Assert.Equal(entries[^1].Count == 1, change.IsNews);
                if (!change.IsNews) Assert.Equal(before.Length, entries.Length);
                // What is overwritten in place comes to the same.
                if (change.Overwrites > 0)
                    Assert.Equal<byte>(file, (byte[])[.. old[..change.To], .. change.Line[..change.Overwrites], .. old[(change.To + change.Overwrites)..]]);
            }
        });

    [Property(MaxTest = 500)]
    public Property Whether_it_is_more_of_the_last_does_not_depend_on_which_of_both_was_read() => Prop.ForAll(
        (from last in Operations from added in Operations select (last, added)).ToArbitrary(),
        pair =>
        {
            var record = HistoryRecord.Of(pair.added);

            Assert.Equal(
                record.IsMoreOf(pair.last), HistoryRecord.Of(record.ToEntry()).IsMoreOf(HistoryEntry.TryParse(pair.last.ToLine())!));
            Assert.Equal(HistoryList.Add([pair.last], pair.added).Length == 1, record.IsMoreOf(pair.last));
        });

    [Fact]
    public void Nothing_to_do_once_more_overwrites_a_few_bytes_except_where_the_number_becomes_longer()
    {
        var file = Encoding.UTF8.GetBytes(Entries.Changed(0).ToLine() + "\n" + Entries.NoOp(0).ToLine() + "\n");
        var overwritten = new List<int>();
        for (var i = 2; i <= 11; i++)
        {
            var change = HistoryLines.Add(file, HistoryRecord.Of(Entries.NoOp(i)))!;
            overwritten.Add(change.Overwrites);
            file = [.. file[change.From..change.To], .. change.Line];
        }

        Assert.Equal(0, overwritten[8]);
        overwritten.RemoveAt(8);
        Assert.All(overwritten, bytes => Assert.InRange(bytes, 1, 100));
    }

    [Fact]
    public void Of_more_than_a_hundred_the_oldest_go_unread()
    {
        var file = Array.Empty<byte>();
        for (var i = 0; i < 130; i++)
        {
            var change = HistoryLines.Add(file, HistoryRecord.Of(Entries.Failed(i, "HGW4006")))!;
            file = [.. file[change.From..change.To], .. change.Line];
        }

        Assert.Equal(
            Enumerable.Range(30, 100).Select(Entries.Minute),
            Encoding.UTF8.GetString(file).Split('\n')[..^1].Select(line => HistoryEntry.TryParse(line)!.When));
    }

    [Theory]
    [InlineData("not json\n")]
    [InlineData("\n")]
    [InlineData("{\"schema\":1,\"when\":\n")]
    [InlineData("no end of the line")]
    public void What_is_no_line_of_ours_is_looked_at_line_by_line(string damage)
    {
        var whole = Entries.Changed(0).ToLine() + "\n";

        Assert.Null(HistoryLines.Add(Encoding.UTF8.GetBytes(whole + damage), HistoryRecord.Of(Entries.Changed(1))));
        Assert.Null(HistoryLines.Add(Encoding.UTF8.GetBytes(whole + damage), HistoryRecord.Of(Entries.NoOp(1))));
    }

    [Theory]
    [InlineData("\"count\":1", "\"count\":0")]
    [InlineData("\"count\":1", "\"count\":99999999999")]
    [InlineData("\"count\":1", "\"count\":one")]
    [InlineData("12:00:00.000Z", "noon")]
    [InlineData("12:00:00.000Z", "12:00:00 000Z")]
    [InlineData("\"last\"", "\"latest\"")]
    public void A_last_line_that_begins_otherwise_is_looked_at_with_all_others(string ours, string other)
    {
        var line = Entries.NoOp(0).ToLine().Replace(ours, other, StringComparison.Ordinal) + "\n";

        Assert.Null(HistoryLines.Add(Encoding.UTF8.GetBytes(line), HistoryRecord.Of(Entries.NoOp(1))));
    }
}

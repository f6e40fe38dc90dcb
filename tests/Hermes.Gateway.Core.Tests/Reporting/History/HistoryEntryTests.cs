using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Reporting.History;

namespace Hermes.Gateway.Core.Tests.Reporting.History;

public class HistoryEntryTests
{
    private const string LineOfLaterVersion =
        """{"schema":2,"when":"2026-08-01T12:00:00.000Z","last":"2026-08-01T12:00:00.000Z","count":1,"user":0,"report":{"verb":"a","outcome":"b","new":[]},"new":{"a":1}}""";

    private static readonly string Line = Entries.Failed(7, "HGW4006", "HGW3006").ToLine();

    [Fact]
    public void A_line_is_read_back()
    {
        var entry = HistoryEntry.TryParse(Line)!;

        Assert.DoesNotContain('\n', Line);
        Assert.Equal(Line, entry.ToLine());
        Assert.Equal((Entries.Minute(7), Entries.Minute(7), 1, 1000u), (entry.When, entry.Last, entry.Count, entry.UserId));
        Assert.Equal(("deploy", "failed", 1250.5), (entry.Verb, entry.Outcome, entry.Milliseconds));
        Assert.Equal(["HGW4006", "HGW3006"], entry.Codes.AsEnumerable());
        Assert.Equal(["start"], entry.Steps.AsEnumerable());
        Assert.True(entry is { HasFailed: true, IsNoOp: false });
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("""{"when":"2026-08-01T12:00:00Z","last":"2026-08-01T12:00:00Z","count":1,"user":0,"report":[]}""")]
    [InlineData("""{"when":"2026-08-01T12:00:00Z","last":"2026-08-01T12:00:00Z","count":1,"user":0,"report":{}}""")]
    [InlineData("""{"when":"today","last":"2026-08-01T12:00:00Z","count":1,"user":0,"report":{"verb":"a","outcome":"b"}}""")]
    [InlineData("""{"when":"2026-08-01T12:00:00Z","last":"2026-08-01T12:00:00Z","count":0,"user":0,"report":{"verb":"a","outcome":"b"}}""")]
    [InlineData("""{"when":"2026-08-01T12:00:00Z","last":"2026-08-01T12:00:00Z","count":1,"user":-1,"report":{"verb":"a","outcome":"b"}}""")]
    [InlineData("""{"when":"2026-08-01T12:00:00Z","last":"2026-08-01T12:00:00Z","count":99999999999,"user":0,"report":{"verb":"a","outcome":"b"}}""")]
    [InlineData("""{"when":"2026-08-01T12:00:00Z","last":"2026-08-01T12:00:00Z","count":1,"user":0,"report":{"verb":"a","outcome":"b","steps":[1]}}""")]
    [InlineData("""{"when":"2026-08-01T12:00:00Z","last":"2026-08-01T12:00:00Z","count":1,"user":0,"report":{"verb":"\ud800","outcome":"b"}}""")]
    [InlineData("""{"when":"2026-08-01T12:00:00Z","last":"2026-08-01T12:00:00Z","count":1,"user":0,"report":{"verb":"a","verb":"c","outcome":"b"}}""")]
    public void A_damaged_line_is_none(string line) => Assert.Null(HistoryEntry.TryParse(line));

    [Fact]
    public void A_line_of_a_later_version_is_written_again_with_everything_that_it_has()
    {
        using var line = JsonDocument.Parse(LineOfLaterVersion);
        using var again = JsonDocument.Parse(HistoryEntry.TryParse(LineOfLaterVersion)!.ToLine());

        Assert.True(JsonElement.DeepEquals(line.RootElement, again.RootElement), again.RootElement.GetRawText());
    }

    [Fact]
    public void What_a_later_version_added_is_not_shown_because_it_cannot_be_searched_for_secrets() =>
        Assert.DoesNotContain("\"new\":{", HistoryEntry.TryParse(LineOfLaterVersion)!.Redacted().ToLine(), StringComparison.Ordinal);

    [Property(MaxTest = 1000)]
    public Property Whatever_is_cut_out_of_a_line_or_put_into_it_nothing_is_an_exception() => Prop.ForAll(
        (from at in Gen.Choose(0, Line.Length)
         from cut in Gen.Choose(0, 20)
         from put in Gen.Elements("", "\0", "{", "}", "\"", "\\ud800", "é", "1e999", "null", "[", ",")
         select (at, cut, put)).ToArbitrary(),
        damage =>
        {
            var text = new StringBuilder(Line).Insert(damage.at, damage.put);
            text.Remove(damage.at, Math.Min(damage.cut, text.Length - damage.at));
            var entry = HistoryEntry.TryParse(text.ToString());

            // What is read can be shown and kept.
            if (entry is not null) Assert.NotEmpty(HistoryText.Line(entry) + HistoryEntry.TryParse(entry.ToLine())!.ToLine());
        });

    [Fact]
    public void A_failure_is_told_with_its_codes_and_several_with_their_number()
    {
        Assert.Equal("2026-08-01 12:07:00Z  deploy     FAILED        1.3 s  HGW4006, HGW3006; start", HistoryText.Line(HistoryEntry.TryParse(Line)!));
        var several = HistoryList.Of([Entries.NoOp(0), Entries.NoOp(9)]);
        Assert.Equal(
            "2026-08-01 12:00:00Z  deploy     unchanged     1.3 s  2 times, the last at 2026-08-01 12:09:00Z",
            HistoryText.Line(Assert.Single(several)));
    }

    [Fact]
    public void The_summary_tells_the_last_one()
    {
        Assert.Equal("no operation on record", HistoryText.Summary([]));
        Assert.Equal(
            "2 on record, the last: deploy FAILED at 2026-08-01 12:07:00Z (HGW4006)",
            HistoryText.Summary([Entries.Changed(0), HistoryEntry.TryParse(Line)!]));
    }
}

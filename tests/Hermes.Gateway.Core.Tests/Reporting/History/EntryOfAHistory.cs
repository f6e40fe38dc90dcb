using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Reporting.History;

namespace Hermes.Gateway.Core.Tests.Reporting.History;

public class EntryOfAHistory
{
    private const string LineOfLaterVersion =
        """{"schema":2,"when":"2026-08-01T12:00:00.000Z","last":"2026-08-01T12:00:00.000Z","count":1,"user":0,"report":{"verb":"a","outcome":"b","new":[]},"new":{"a":1},"verb":"c"}""";

    private static readonly string Line = Entries.Failed(7, "HGW4006", "HGW3006").ToLine();

    [Fact]
    public void Line_is_parsed_back_to_the_same_entry()
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
    public void Malformed_line_is_parsed_as_null(string line) => Assert.Null(HistoryEntry.TryParse(line));

    [Fact]
    public void Line_of_a_later_version_keeps_its_unknown_properties()
    {
        using var line = JsonDocument.Parse(LineOfLaterVersion);
        using var again = JsonDocument.Parse(HistoryEntry.TryParse(LineOfLaterVersion)!.ToLine());

        Assert.True(JsonElement.DeepEquals(line.RootElement, again.RootElement), again.RootElement.GetRawText());
    }

    [Fact]
    public void Redacted_entry_omits_unknown_properties_of_a_later_version() =>
        Assert.DoesNotContain("\"new\":{", HistoryEntry.TryParse(LineOfLaterVersion)!.Redacted().ToLine(), StringComparison.Ordinal);

    [Property(MaxTest = 1000)]
    public Property Parsing_a_damaged_line_never_throws() => Prop.ForAll(
        (from at in Gen.Choose(0, Line.Length)
         from cut in Gen.Choose(0, 20)
         from put in Gen.Elements("", "\0", "{", "}", "\"", "\\ud800", "é", "1e999", "null", "[", ",")
         select (at, cut, put)).ToArbitrary(),
        damage =>
        {
            var text = new StringBuilder(Line).Insert(damage.at, damage.put);
            text.Remove(damage.at, Math.Min(damage.cut, text.Length - damage.at));
            var entry = HistoryEntry.TryParse(text.ToString());

            // An entry that was parsed can be shown and written.
            if (entry is not null) Assert.NotEmpty(HistoryText.Line(entry) + HistoryEntry.TryParse(entry.ToLine())!.ToLine());
        });

    [Fact]
    public void Text_has_the_codes_of_a_failure_and_the_number_of_operations()
    {
        Assert.Equal("2026-08-01 12:07:00Z  deploy     FAILED        1.3 s  HGW4006, HGW3006; start", HistoryText.Line(HistoryEntry.TryParse(Line)!));
        var several = ServiceHistory.Compact([Entries.NoOp(0), Entries.NoOp(9)]);
        Assert.Equal(
            "2026-08-01 12:00:00Z  deploy     unchanged     1.3 s  2 times, the last at 2026-08-01 12:09:00Z",
            HistoryText.Line(Assert.Single(several)));
    }

    [Fact]
    public void Summary_shows_the_last_operation()
    {
        Assert.Equal("no operation on record", HistoryText.Summary([]));
        Assert.Equal(
            "2 on record, the last: deploy FAILED at 2026-08-01 12:07:00Z (HGW4006)",
            HistoryText.Summary([Entries.Changed(0), HistoryEntry.TryParse(Line)!]));
    }
}

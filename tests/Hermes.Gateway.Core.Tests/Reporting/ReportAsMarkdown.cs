using System.Text;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.Reporting;

public class ReportAsMarkdown
{
    [Fact]
    public void Table_has_a_row_for_each_service_and_is_followed_by_the_findings()
    {
        var failed = Documents.Report("") with
        {
            Findings = [DiagnosticCatalog.NotRunning.Error("my-gateway is not running: exit 3.", "journalctl --user -u my-gateway")],
        };
        var good = Documents.Report("") with
        {
            Definition = Sample.Definition("other_one"), Outcome = Outcome.Unchanged, Findings = [], Checks = [],
        };

        Assert.Equal(
            """
            ### Hermes.Gateway: deploy failed

            | service | outcome | release | definition | loaded | process | enabled | ownership | stability | health |
            |---|---|---|---|---|---|---|---|---|---|
            | my-gateway | failed | – | ✓ | ✓ | ✗ | ? | ✓ | ✗ | – |
            | other\_one | unchanged | – | – | – | – | – | – | – | – |

            - **HGW4004** (error) my-gateway: my-gateway is not running: exit 3. Next: `journalctl --user -u my-gateway`


            """,
            MarkdownReport.Write(new ReportDocument("deploy", [failed, good], [])));
    }

    [Fact]
    public void Invalid_input_is_a_list_of_findings_without_a_table() => Assert.Equal(
        "### Hermes.Gateway: deploy failed\n\n- **HGW0001** (error) no name Next: `rename`\n\n",
        MarkdownReport.Write(new ReportDocument("deploy", [], [DiagnosticCatalog.InvalidName.Error("no name", "rename")])));

    [Fact]
    public void Table_of_thousands_of_services_is_bounded_and_shows_failures_first()
    {
        var finding = DiagnosticCatalog.NotRunning.Error(new string('x', 2000), "journalctl --user -u my-gateway");
        var reports = Enumerable.Range(0, 3000).Select(i => Documents.Report("") with
        {
            Definition = Sample.Definition($"s{i}"),
            Outcome = i < 2500 ? Outcome.Unchanged : Outcome.Failed,
            Findings = i < 2500 ? [] : [finding],
        });

        var text = MarkdownReport.Write(new ReportDocument("deploy", [.. reports], []));

        var rows = text.Split('\n').Where(line => line.StartsWith('|')).Skip(2).ToList();
        Assert.Equal(2 * (MarkdownReport.MaxRows + 1), rows.Count);
        Assert.StartsWith("| s2500 | failed |", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("| … and 300 more like these (failed) |", rows[MarkdownReport.MaxRows], StringComparison.Ordinal);
        Assert.StartsWith("| s0 | unchanged |", rows[MarkdownReport.MaxRows + 1], StringComparison.Ordinal);
        Assert.StartsWith("| … and 2300 more like these (good) |", rows[^1], StringComparison.Ordinal);
        Assert.All(rows, row => Assert.Equal(rows[0].Count(c => c == '|'), row.Count(c => c == '|')));
        Assert.Equal(BoundedFindings.MaxPerCode + 1, text.Split('\n').Count(line => line.StartsWith("- **HGW4004** (error)", StringComparison.Ordinal)));
        Assert.Contains("and 490 more services with HGW4004: s2510, ", text, StringComparison.Ordinal);
        // A quarter of GitHub's limit of 1 MiB for a step.
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 0, 1 << 18);
    }

    [Fact]
    public void Hostile_text_does_not_break_rows_or_lines() => HostileText.ForAll(HostileText.Files, text =>
    {
        var expected = MarkdownReport.Write(Documents.Of("x")).Split('\n');
        var lines = MarkdownReport.Write(Documents.Of(text)).Split('\n');

        Assert.Equal(expected.Length, lines.Length);
        foreach (var (before, after) in expected.Zip(lines))
        {
            Assert.Equal(before.Length == 0, after.Length == 0);
            Assert.Equal(before.StartsWith('|'), after.StartsWith('|'));
            // Some readers end a line at control characters and separators.
            Assert.DoesNotContain(after, c => char.IsControl(c) || c is '\u2028' or '\u2029');
        }
    });

    [Theory]
    [InlineData("a|b", @"a\|b")]
    [InlineData("<img src=x> & [a](b)", @"&lt;img src=x&gt; &amp; \[a\](b)")]
    [InlineData("*a* __b__ `c` ~d~ $e$ @f \\", @"\*a\* \_\_b\_\_ \`c\` \~d\~ \$e\$ \@f \\")]
    [InlineData("two\r\nlines", "two  lines")]
    public void Special_characters_are_escaped(string value, string escaped) => Assert.Equal(escaped, MarkdownReport.Escape(value));

    [Theory]
    [InlineData("plain | <b>", "`plain | <b>`")]
    [InlineData("a `b` c", "`` a `b` c ``")]
    [InlineData("``", "``` `` ```")]
    [InlineData("two\nlines", "`two lines`")]
    public void Advice_is_a_code_span_that_its_text_cannot_end(string command, string code) => Assert.EndsWith(
        $"Next: {code}\n\n",
        MarkdownReport.Write(new ReportDocument("deploy", [], [DiagnosticCatalog.Internal.Error("x", command)])), StringComparison.Ordinal);
}

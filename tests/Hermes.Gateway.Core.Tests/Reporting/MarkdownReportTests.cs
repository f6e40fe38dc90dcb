using System.Text;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.Reporting;

public class MarkdownReportTests
{
    [Fact]
    public void The_summary_is_one_line_for_each_service_and_the_findings_below()
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

            | service | outcome | definition | loaded | process | enabled | ownership | stability | health |
            |---|---|---|---|---|---|---|---|---|
            | my-gateway | failed | ✓ | ✓ | ✗ | ? | ✓ | ✗ | – |
            | other\_one | unchanged | – | – | – | – | – | – | – |

            - **HGW4004** (error) my-gateway: my-gateway is not running: exit 3. Next: `journalctl --user -u my-gateway`


            """,
            MarkdownReport.Write(new ReportDocument("deploy", [failed, good], [])));
    }

    [Fact]
    public void A_call_that_did_not_come_to_its_services_has_no_table() => Assert.Equal(
        "### Hermes.Gateway: deploy failed\n\n- **HGW0001** (error) no name Next: `rename`\n\n",
        MarkdownReport.Write(new ReportDocument("deploy", [], [DiagnosticCatalog.InvalidName.Error("no name", "rename")])));

    [Fact]
    public void Of_very_many_services_what_is_not_well_comes_first_and_the_rest_is_counted()
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
        Assert.Equal(2 * (MarkdownReport.MostRows + 1), rows.Count);
        Assert.StartsWith("| s2500 | failed |", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("| … and 300 more like these (failed) |", rows[MarkdownReport.MostRows], StringComparison.Ordinal);
        Assert.StartsWith("| s0 | unchanged |", rows[MarkdownReport.MostRows + 1], StringComparison.Ordinal);
        Assert.StartsWith("| … and 2300 more like these (good) |", rows[^1], StringComparison.Ordinal);
        Assert.All(rows, row => Assert.Equal(rows[0].Count(c => c == '|'), row.Count(c => c == '|')));
        Assert.Equal(BoundedFindings.Most + 1, text.Split('\n').Count(line => line.StartsWith("- **HGW4004** (error)", StringComparison.Ordinal)));
        Assert.Contains("and 490 more services with HGW4004: s2510, ", text, StringComparison.Ordinal);
        // GitHub's limit, with room for other steps' builds.
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 0, 1 << 18);
    }

    [Fact]
    public void No_value_breaks_the_table_or_a_line() => HostileText.ForAll(HostileText.Files, text =>
    {
        var expected = MarkdownReport.Write(Documents.Of("x")).Split('\n');
        var lines = MarkdownReport.Write(Documents.Of(text)).Split('\n');

        Assert.Equal(expected.Length, lines.Length);
        foreach (var (before, after) in expected.Zip(lines))
        {
            Assert.Equal(before.Length == 0, after.Length == 0);
            Assert.Equal(before.StartsWith('|'), after.StartsWith('|'));
            // Controls and separators can end a line for one reader or another.
            Assert.DoesNotContain(after, c => char.IsControl(c) || c is '\u2028' or '\u2029');
        }
    });

    [Theory]
    [InlineData("a|b", @"a\|b")]
    [InlineData("<img src=x> & [a](b)", @"&lt;img src=x&gt; &amp; \[a\](b)")]
    [InlineData("*a* __b__ `c` ~d~ $e$ @f \\", @"\*a\* \_\_b\_\_ \`c\` \~d\~ \$e\$ \@f \\")]
    [InlineData("two\r\nlines", "two  lines")]
    public void A_value_stands_for_itself(string value, string escaped) => Assert.Equal(escaped, MarkdownReport.Escape(value));

    [Theory]
    [InlineData("plain | <b>", "`plain | <b>`")]
    [InlineData("a `b` c", "`` a `b` c ``")]
    [InlineData("``", "``` `` ```")]
    [InlineData("two\nlines", "`two lines`")]
    public void A_command_is_code_whatever_it_holds(string command, string code) => Assert.EndsWith(
        $"Next: {code}\n\n",
        MarkdownReport.Write(new ReportDocument("deploy", [], [DiagnosticCatalog.Internal.Error("x", command)])), StringComparison.Ordinal);
}

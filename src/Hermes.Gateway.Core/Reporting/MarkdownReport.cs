using System.Collections.Immutable;
using System.Text;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>A document as Markdown for the summary page of a CI run: a table with one line for each service, and what
/// was found out below it. Of very many services it is bounded as the text for people is: a step's summary may have 1 MiB on
/// GitHub, and is refused as a whole when it has more.</summary>
public static class MarkdownReport
{
    /// <summary>The most lines of the table for services of which the same is to be said.</summary>
    public const int MostRows = 200;

    private const string WhereAllIs = "HermesGatewayReportFile=FILE has all of them written to a file.";

    // What GitHub's Markdown, its tables, its mathematics and its mentions take for syntax within a line.
    private const string Syntax = "\\`*_[]|~$@";

    /// <summary>The Markdown; begins and ends so that it can be appended to what is there.</summary>
    public static string Write(ReportDocument document)
    {
        var names = Enum.GetValues<CheckName>();
        var text = new StringBuilder();
        Line($"### Hermes.Gateway: {Escape(document.Verb)} {Word(document.Outcome)}");
        Line("");
        if (!document.Services.IsEmpty)
        {
            Line($"| service | outcome | {string.Join(" | ", names.Select(Word))} |");
            Line($"|{string.Concat(Enumerable.Repeat("---|", names.Length + 2))}");
            foreach (var group in ServiceGroup.Of(document.Services, MostRows))
            {
                foreach (var report in group.Reports)
                    Line($"| {Escape(report.Definition.Name.Value)} | {Word(report.Outcome)} | "
                        + $"{string.Join(" | ", names.Select(name => Cell(report.Checks, name)))} |");
                if (group.More > 0) Line($"| {Escape(group.Rest)} |{string.Concat(Enumerable.Repeat(" |", names.Length + 1))}");
            }

            Line("");
        }

        var before = text.Length;
        foreach (var finding in document.Findings) Line(FindingLine(null, finding));
        var bounded = new BoundedFindings((service, finding) => Line(FindingLine(service, finding)));
        foreach (var report in document.Services)
            foreach (var finding in report.Findings) bounded.Tell(report.Definition.Name, finding);
        bounded.TellOthers(WhereAllIs);
        if (text.Length > before) Line("");
        return HarmlessText.Of(text.ToString());

        // Not AppendLine: the file is the same on every system.
        void Line(string line) => text.Append(line).Append('\n');
    }

    private static string Cell(ImmutableArray<CheckReport> checks, CheckName name) =>
        checks.FirstOrDefault(check => check.Name == name)?.Result switch
        {
            CheckResult.Pass => "✓",
            CheckResult.Fail => "✗",
            CheckResult.Unknown => "?",
            _ => "–",
        };

    private static string FindingLine(ServiceName? service, Finding finding)
    {
        var about = service is null ? "" : $" {Escape(service.Value)}:";
        var advice = string.IsNullOrEmpty(finding.Advice) ? "" : $" Next: {Code(finding.Advice)}";
        // Not "error:", which a build that prints this in an Exec would take for an error of its own.
        return $"- **{finding.Code}** ({Word(finding.Severity)}){about} {Escape(finding.Message)}{advice}";
    }

    /// <summary>A value that stands for itself, in a cell as well as in a line.</summary>
    internal static string Escape(string value)
    {
        var text = new StringBuilder(value.Length + 16);
        foreach (var c in OneLine(value))
            if (c == '&') text.Append("&amp;");
            else if (c == '<') text.Append("&lt;");
            else if (c == '>') text.Append("&gt;");
            else if (Syntax.Contains(c, StringComparison.Ordinal)) text.Append('\\').Append(c);
            else text.Append(c);
        return text.ToString();
    }

    // Within a code span nothing is syntax but a run of backticks as long as the one that opened it.
    private static string Code(string value)
    {
        var line = OneLine(value);
        var (longest, run) = (0, 0);
        foreach (var c in line) longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        var fence = new string('`', longest + 1);
        return longest == 0 && line.Trim() == line ? $"{fence}{line}{fence}" : $"{fence} {line} {fence}";
    }

    private static string OneLine(string value) =>
        string.Concat(value.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    private static string Word<T>(T value) where T : struct, Enum => ReportText.Word(value);
}

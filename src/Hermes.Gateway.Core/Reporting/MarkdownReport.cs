using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Formats a document as Markdown for the summary page of a CI run: a table with one row for each service, then the findings.
/// The text is bounded: GitHub rejects a step summary of more than 1 MiB.</summary>
public static class MarkdownReport
{
    internal const int MaxRows = 200;

    private const string Hint = "HermesGatewayReportFile=FILE has all of them written to a file.";

    // Characters with a meaning within a line of GitHub's Markdown, its tables, its mathematics and its mentions.
    private const string SpecialCharacters = "\\`*_[]|~$@";

    /// <summary>Returns the Markdown, which ends with an empty line, so that other text can follow.</summary>
    public static string Write(ReportDocument document)
    {
        var checks = Enum.GetValues<CheckName>();
        var text = new StringBuilder();
        AddLine($"### Hermes.Gateway: {Escape(document.Verb)} {ReportText.Word(document.Outcome)}");
        AddLine("");
        if (!document.Services.IsEmpty)
        {
            AddLine($"| service | outcome | {string.Join(" | ", checks.Select(ReportText.Word))} |");
            AddLine($"|{string.Concat(Enumerable.Repeat("---|", checks.Length + 2))}");
            foreach (var group in ServiceGroup.Of(document.Services, MaxRows))
            {
                foreach (var report in group.Reports)
                    AddLine($"| {Escape(report.Definition.Name.Value)} | {ReportText.Word(report.Outcome)} | "
                        + $"{string.Join(" | ", checks.Select(check => Cell(report.Checks, check)))} |");
                if (group.OmittedCount > 0)
                    AddLine($"| {Escape(group.OmittedText)} |{string.Concat(Enumerable.Repeat(" |", checks.Length + 1))}");
            }

            AddLine("");
        }

        var before = text.Length;
        foreach (var finding in document.Findings) AddFinding(null, finding);
        var findings = new BoundedFindings(AddFinding);
        foreach (var report in document.Services)
            foreach (var finding in report.Findings) findings.Add(report.Definition.Name, finding);
        findings.AddSummaries(Hint);
        if (text.Length > before) AddLine("");
        return HarmlessText.Of(text.ToString());

        // Not AppendLine, whose line break depends on the system.
        void AddLine(string line) => text.Append(line).Append('\n');

        void AddFinding(ServiceName? service, Finding finding)
        {
            var about = service is null ? "" : $" {Escape(service.Value)}:";
            var advice = string.IsNullOrEmpty(finding.Advice) ? "" : $" Next: {Code(finding.Advice)}";
            // Not "error:", which a build that prints this in an Exec would take for an error of its own.
            AddLine($"- **{finding.Code}** ({ReportText.Word(finding.Severity)}){about} {Escape(finding.Message)}{advice}");
        }
    }

    private static string Cell(ImmutableArray<CheckReport> checks, CheckName name) =>
        checks.FirstOrDefault(check => check.Name == name)?.Result switch
        {
            CheckResult.Pass => "✓",
            CheckResult.Fail => "✗",
            CheckResult.Unknown => "?",
            _ => "–",
        };

    /// <summary>Escapes a value for a cell of a table or a line of text.</summary>
    internal static string Escape(string value)
    {
        var text = new StringBuilder(value.Length + 16);
        foreach (var c in OneLine(value))
            if (c == '&') text.Append("&amp;");
            else if (c == '<') text.Append("&lt;");
            else if (c == '>') text.Append("&gt;");
            else if (SpecialCharacters.Contains(c, StringComparison.Ordinal)) text.Append('\\').Append(c);
            else text.Append(c);
        return text.ToString();
    }

    // A code span ends at a run of backticks of the same length as the run that opened it.
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
}

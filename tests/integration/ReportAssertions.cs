using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests;

/// <summary>Views of a report in the words of the result items, and assertions about its outcome.</summary>
internal static class ReportAssertions
{
    /// <summary>Returns installed, loaded and running after the operation: <c>current, current, current</c>.</summary>
    public static string Layers(this ServiceReport report) =>
        $"{ReportText.Word(report.After.Installed)}, {ReportText.Word(report.After.Loaded)}, {ReportText.Word(report.After.Running)}";

    public static string FindingsText(this ServiceReport report) => string.Join('\n', report.Findings);

    public static string DifferencesText(this ServiceReport report) => string.Join('\n', report.Differences);

    public static IReadOnlyList<Finding> Errors(this ServiceReport report) =>
        [.. report.Findings.Where(finding => finding.Severity == Severity.Error)];

    /// <summary>Returns the codes of the errors, sorted, each once.</summary>
    public static IEnumerable<string> ErrorCodes(this ServiceReport report) =>
        report.Errors().Select(error => error.Code).Distinct().Order(StringComparer.Ordinal);

    public static ServiceReport Succeeded(this ServiceReport report)
    {
        Assert.True(report.Outcome is Outcome.Changed or Outcome.Unchanged, string.Join('\n', ReportText.Details(report)));
        return report;
    }

    /// <summary>Asserts that the operation failed with exactly these error codes.</summary>
    public static ServiceReport FailedWith(this ServiceReport report, params string[] codes)
    {
        Assert.Equal(codes, report.ErrorCodes());
        Assert.True(report.Outcome is Outcome.Failed or Outcome.RolledBack, $"{report.Verb}: {report.Outcome}");
        return report;
    }
}

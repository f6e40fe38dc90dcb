using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>The results of one call of a verb, as the files for CI show them. <c>docs/report.schema.json</c> describes the JSON.</summary>
/// <param name="Verb">The verb, such as <c>deploy</c>.</param>
/// <param name="Services">One report for each service, in order; empty when the call failed before its services were known.</param>
/// <param name="Findings">Findings about the call itself: invalid input, a defect of this library.</param>
public sealed record ReportDocument(string Verb, ImmutableArray<ServiceReport> Services, ImmutableArray<Finding> Findings)
{
    internal const int Schema = 1;

    /// <summary>The worst outcome of the services; <see cref="Outcome.Failed"/> when the call itself failed.</summary>
    public Outcome Outcome => Findings.Any(finding => finding.Severity == Severity.Error)
        ? Outcome.Failed
        : Services.Select(report => report.Outcome).DefaultIfEmpty(Outcome.Unchanged).Max();

    /// <summary>Returns the document as indented JSON that ends with a line break.</summary>
    /// <remarks>The whole text is made harmless, although its parts are: parts side by side can form a command to a CI agent.</remarks>
    public string ToJson() => HarmlessText.Of(
        CoreJson.ToText(new JsonReportDocument(this), CoreJson.Default.JsonReportDocument, isIndented: true)) + "\n";
}

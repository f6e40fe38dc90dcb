using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>All that one call of a verb came to, as it goes into the files for CI. The form of its JSON is described
/// in <c>docs/report.schema.json</c>.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Services">One report for each service, in order; empty when it did not come to that.</param>
/// <param name="Findings">What kept the call itself from its services: input that is not valid, a defect.</param>
public sealed record ReportDocument(
    string Verb, ImmutableArray<ServiceReport> Services, ImmutableArray<Finding> Findings)
{
    /// <summary>Version of the form.</summary>
    public const int Schema = 1;

    /// <summary>The worst of the services' outcomes; failed when the call itself failed.</summary>
    public Outcome Outcome
    {
        get
        {
            if (Findings.Any(finding => finding.Severity == Severity.Error)) return Outcome.Failed;
            var worst = Outcome.Unchanged;
            foreach (var report in Services)
                if (report.Outcome > worst) worst = report.Outcome;
            return worst;
        }
    }

    /// <summary>The document as JSON, indented, with a line break at its end.</summary>
    /// <remarks>Made harmless once more as a whole, as every document: harmless texts can become a command side by side.</remarks>
    public string ToJson() => HarmlessText.Of(
        CoreJson.ToText(JsonDocumentOfReports.From(this), CoreJson.Default.JsonDocumentOfReports, isIndented: true)) + "\n";
}

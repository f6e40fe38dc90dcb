
namespace Hermes.Gateway.Core.Reporting;

/// <summary>Writes a report as JSON for programs. Names and words are a contract; new ones may be added.</summary>
public static class ReportJson
{
    /// <summary>Writes the whole report on one line.</summary>
    public static string Write(ServiceReport report) =>
        CoreJson.ToText(JsonReport.From(report, ReportTexts.Whole), CoreJson.Default.JsonReport);
}

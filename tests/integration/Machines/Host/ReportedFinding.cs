namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>A finding in a report.</summary>
/// <param name="Severity">Error, warning or info.</param>
/// <param name="Message">The message.</param>
/// <param name="Advice">The advice.</param>
internal sealed record ReportedFinding(string Severity, string Message, string Advice);

/// <summary>Reads the findings of a result item.</summary>
internal static class ServiceResultExtensions
{
    /// <summary>The result of one of several services.</summary>
    public static ServiceResult Of(this TargetRun run, string name) =>
        run.Services.SingleOrDefault(service => service.Metadata["Identity"] == name)
        ?? throw new InvalidOperationException($"no result of {name}: {run.Result}");

    /// <summary>Asserts that the report has one finding with this code, and returns it.</summary>
    public static ReportedFinding SingleFinding(this ServiceResult service, string code)
    {
        var findings = service.Report.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("code").GetString() == code).ToList();
        Assert.True(findings.Count == 1, $"{findings.Count} findings {code} in {service.Metadata["Report"]}");
        return new ReportedFinding(Text("severity"), Text("message"), Text("advice"));

        string Text(string property) => findings[0].GetProperty(property).GetString() ?? "";
    }

    /// <summary>The codes of all findings of a severity, sorted.</summary>
    public static IReadOnlyList<string> Codes(this ServiceResult service, string severity) =>
    [
        .. service.Report.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("severity").GetString() == severity)
            .Select(finding => finding.GetProperty("code").GetString()!).Order(StringComparer.Ordinal),
    ];
}

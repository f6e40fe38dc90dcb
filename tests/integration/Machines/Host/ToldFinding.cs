namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>One finding of a report.</summary>
/// <param name="Severity">Error, warning or info.</param>
/// <param name="Message">What happened, and why.</param>
/// <param name="Advice">What to do.</param>
internal sealed record ToldFinding(string Severity, string Message, string Advice);

/// <summary>Findings in what automation gets.</summary>
internal static class ToldFindings
{
    /// <summary>The answer of one of several services.</summary>
    public static ServiceAnswer Of(this TargetRun run, string name) =>
        run.Services.SingleOrDefault(service => service.Metadata["Identity"] == name)
        ?? throw new InvalidOperationException($"no answer of {name}: {run.Result}");

    /// <summary>The only finding with this code.</summary>
    public static ToldFinding Told(this ServiceAnswer service, string code)
    {
        var findings = service.Report.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("code").GetString() == code).ToList();
        Assert.True(findings.Count == 1, $"{findings.Count} findings {code} in {service.Metadata["Report"]}");
        return new ToldFinding(Text("severity"), Text("message"), Text("advice"));

        string Text(string property) => findings[0].GetProperty(property).GetString() ?? "";
    }

    /// <summary>The codes of all findings of a severity, in order.</summary>
    public static IReadOnlyList<string> Codes(this ServiceAnswer service, string severity) =>
    [
        .. service.Report.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("severity").GetString() == severity)
            .Select(finding => finding.GetProperty("code").GetString()!).Order(StringComparer.Ordinal),
    ];
}

using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Formats a document as JUnit XML, which CI systems show as test results: a suite for each service with a case for each check.
/// A failed check is a failure, an unknown result is an error, and a check that was not made is skipped.</summary>
public static partial class JUnitReport
{
    private const string Product = "Hermes.Gateway";

    /// <summary>Returns indented XML that ends with a line break.</summary>
    public static string Write(ReportDocument document)
    {
        var suites = document.Services.Select(report => Suite(document.Verb, report)).ToList();
        if (!document.Findings.IsEmpty) suites.Insert(0, Suite(document.Verb, document.Findings));
        var name = new XAttribute("name", Legal($"{Product} {document.Verb}"));
        var root = new XElement("testsuites", name, Counts(suites), suites);

        using var buffer = new MemoryStream();
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false) };
        using (var writer = XmlWriter.Create(buffer, settings)) root.WriteTo(writer);
        return HarmlessText.Of(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)) + "\n";
    }

    private static XElement Suite(string verb, ServiceReport report)
    {
        var name = report.Definition.Name.Value;
        var cases = report.Checks.Select(check => Case(verb, name, ReportText.Word(check.Name), check.Result switch
        {
            CheckResult.Pass => null,
            CheckResult.Fail => Problem("failure", check, report),
            CheckResult.Unknown => Problem("error", check, report),
            _ => new XElement("skipped", new XAttribute("message", Legal(check.Evidence))),
        }));
        var output = Text(report.Findings.Select(finding => finding.ToString()).Concat(report.Log));
        return Suite(name, report.Duration, cases, output);
    }

    private static XElement Suite(string verb, ImmutableArray<Finding> findings) => Suite(
        Product,
        TimeSpan.Zero,
        findings.Select((finding, i) => Case(
            verb, Product, $"{finding.Code} ({i + 1})",
            finding.Severity == Severity.Error
                ? Problem("error", finding.Code, finding.Message, Text([finding.ToString()]))
                : null)),
        "");

    private static XElement Suite(string name, TimeSpan time, IEnumerable<XElement> cases, string output)
    {
        var suite = new XElement(
            "testsuite", new XAttribute("name", Legal(name)), new XAttribute("time", Seconds(time)), cases);
        suite.Add(Counts([suite]));
        if (output.Length > 0) suite.Add(new XElement("system-out", output));
        return suite;
    }

    private static XElement Case(string verb, string service, string name, XElement? result) => new(
        "testcase",
        new XAttribute("classname", Legal($"{Product}.{verb}.{service}")),
        new XAttribute("name", Legal(name)),
        new XAttribute("time", "0"),
        result);

    private static XElement Problem(string kind, CheckReport check, ServiceReport report)
    {
        var findings = report.Findings.Where(finding =>
            finding.Severity != Severity.Info && finding.Descriptor.Check == check.Name).ToList();
        return Problem(
            kind, findings.FirstOrDefault()?.Code ?? ReportText.Word(check.Result), check.Evidence,
            Text(findings.Select(finding => finding.ToString())));
    }

    private static XElement Problem(string kind, string type, string message, string text) => new(
        kind, new XAttribute("type", Legal(type)), new XAttribute("message", Legal(message)), text);

    private static IEnumerable<XAttribute> Counts(IReadOnlyCollection<XElement> suites)
    {
        var cases = suites.DescendantsAndSelf("testcase").ToList();
        yield return new XAttribute("tests", cases.Count);
        foreach (var (name, kind) in new[] { ("failures", "failure"), ("errors", "error"), ("skipped", "skipped") })
            yield return new XAttribute(name, cases.Count(testCase => testCase.Element(kind) is not null));
    }

    private static string Text(IEnumerable<string> lines) => Legal(string.Join("\n", lines));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Legal(string value) => IllegalCharacter().Replace(value, "\ufffd");

    // XML cannot represent most control characters, unpaired surrogates, U+FFFE and U+FFFF, not even escaped.
    [GeneratedRegex(
        @"[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")]
    private static partial Regex IllegalCharacter();
}

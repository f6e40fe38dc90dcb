using System.Xml;
using System.Xml.Linq;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.Reporting;

public class ReportAsJUnitXml
{
    [Fact]
    public void Each_service_is_a_suite_with_a_case_for_each_check()
    {
        var root = Read(new ReportDocument("verify", [Documents.Report("why", "verify"), Documents.Report("why", "verify")], []));

        Assert.Equal("testsuites", root.Name);
        AssertCounts(root, tests: 14, failures: 4, errors: 2, skipped: 2);
        var suite = root.Elements("testsuite").First();
        Assert.Equal(("my-gateway", "1.5"), ((string?)suite.Attribute("name"), (string?)suite.Attribute("time")));
        AssertCounts(suite, tests: 7, failures: 2, errors: 1, skipped: 1);
        Assert.Equal(
            ["definition", "loaded", "process failure", "enabled error", "ownership", "stability failure", "health skipped"],
            suite.Elements("testcase").Select(one => $"{one.Attribute("name")!.Value} {one.Elements().SingleOrDefault()?.Name}".Trim()));
        Assert.All(suite.Elements("testcase"), one => Assert.Equal("Hermes.Gateway.verify.my-gateway", one.Attribute("classname")!.Value));
        var failure = suite.Descendants("failure").First();
        Assert.Equal(("HGW4004", "why"), (failure.Attribute("type")!.Value, failure.Attribute("message")!.Value));
        Assert.Equal("HGW4004: why Next: why", failure.Value);
        Assert.EndsWith("why\nwhy", suite.Element("system-out")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_input_is_a_suite_with_errors()
    {
        var root = Read(new ReportDocument(
            "deploy", [], [DiagnosticCatalog.InvalidName.Error("no name"), DiagnosticCatalog.InvalidName.Error("no name")]));

        AssertCounts(root, tests: 2, failures: 0, errors: 2, skipped: 0);
        Assert.Equal(["HGW0001 (1)", "HGW0001 (2)"], root.Descendants("testcase").Select(one => one.Attribute("name")!.Value));
        Assert.All(root.Descendants("error"), one => Assert.Equal("no name", one.Attribute("message")!.Value));
    }

    [Fact]
    public void Hostile_text_makes_valid_XML_and_keeps_all_legal_characters() => HostileText.ForAll(HostileText.Files, text =>
    {
        var kept = Bare(new string([.. Kept(text)]));

        var messages = Read(Documents.Of(text)).Descendants("failure").Select(one => one.Attribute("message")!.Value).ToList();

        Assert.Equal(2, messages.Count);
        Assert.All(messages, message => Assert.Equal(kept, Bare(message)));
    });

    // Without the characters that HarmlessText removes or adds.
    private static string Bare(string text) =>
        HarmlessText.Of(text).Replace(" ", "", StringComparison.Ordinal).Replace(">", "", StringComparison.Ordinal);

    private static IEnumerable<char> Kept(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                yield return text[i];
                yield return text[++i];
            }
            else
            {
                yield return char.IsSurrogate(text[i]) || text[i] is '\uFFFE' or '\uFFFF' or (< ' ' and not ('\t' or '\n' or '\r'))
                    ? '\uFFFD'
                    : text[i];
            }
    }

    private static XElement Read(ReportDocument document)
    {
        var xml = JUnitReport.Write(document);
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites ", xml, StringComparison.Ordinal);
        Assert.EndsWith(">\n", xml, StringComparison.Ordinal);
        using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { CheckCharacters = true });
        return XDocument.Load(reader).Root!;
    }

    private static void AssertCounts(XElement element, int tests, int failures, int errors, int skipped) => Assert.Equal(
        ($"{tests}", $"{failures}", $"{errors}", $"{skipped}"),
        (element.Attribute("tests")!.Value, element.Attribute("failures")!.Value, element.Attribute("errors")!.Value,
            element.Attribute("skipped")!.Value));
}

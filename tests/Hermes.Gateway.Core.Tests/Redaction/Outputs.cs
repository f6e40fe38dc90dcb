using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Redaction;

/// <summary>Collects every output of operations on a <see cref="World"/>, each text with the name of the output.</summary>
internal sealed class Outputs : IOperationListener
{
    private readonly List<(string Name, string Text)> _texts = [];

    public IEnumerable<(string Name, string Text)> Texts => _texts;

    public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings)
    {
        foreach (var finding in findings) _texts.Add(("a finding before the report", PlainText.Of(finding.ToString())));
        foreach (var step in plan.Steps) _texts.Add(("a step before the report", step.Reason));
    }

    /// <summary>Adds every view of a report.</summary>
    public void Add(ServiceReport report)
    {
        var document = new ReportDocument(report.Verb, [report], []);
        _texts.Add(($"text of {report.Verb}", string.Join('\n', ReportText.Details(report))));
        _texts.Add(($"table of {report.Verb}", string.Join('\n', ReportTable.Lines([report, report]))));
        _texts.Add(($"item of {report.Verb}: Report", ReportJson.Write(report)));
        _texts.Add(($"item of {report.Verb}: Differences", string.Join('\n', report.Differences)));
        _texts.Add(($"item of {report.Verb}: Findings", string.Join('\n', report.Findings)));
        _texts.Add(($"item of {report.Verb}: Health, Advice", $"{report.Health}\n{report.Advice}"));
        _texts.Add(($"JSON of {report.Verb}", document.ToJson()));
        _texts.Add(($"JUnit of {report.Verb}", JUnitReport.Write(document)));
        _texts.Add(($"Markdown of {report.Verb}", MarkdownReport.Write(document)));
    }

    /// <summary>Adds the history of a service and the bundle for a bug report.</summary>
    public async Task AddHistoryAsync(World world, ServiceRequest request)
    {
        var definition = request.Definition;
        var history = new ServiceHistory(world.Host, world.Clock);
        var entries = history.Read(definition.Scope, definition.Name);
        foreach (var entry in entries)
        {
            _texts.Add(("history record", entry.ToLine()));
            _texts.Add(("history line", HistoryText.Line(entry)));
            _texts.Add(("history findings", string.Join('\n', entry.Findings)));
        }

        _texts.Add(("history file", await File.ReadAllTextAsync(history.PathOf(definition.Scope, definition.Name))));
        var runner = new FakeRunner(command => FakeRunner.Exit(command, 0, "systemd 252\n"));
        _texts.Add(("bundle", new BugReport(world.Host, runner, world.Clock).Make([(request, entries)], TestContext.Current.CancellationToken)));
    }
}

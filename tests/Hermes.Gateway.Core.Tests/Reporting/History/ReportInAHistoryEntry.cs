using System.Text;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Reporting.History;

/// <summary>Makes entries from reports.</summary>
public sealed class ReportInAHistoryEntry : IDisposable
{
    private readonly World _world = new(FakeRunner.Exiting(0));

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Short_report_is_recorded_completely()
    {
        var report = _world.Run(Operation.Deploy, _world.Request());

        var entry = HistoryEntry.Of(report, Entries.Minute(1), 7);

        Assert.Equal(ReportJson.Write(report), entry.Report.GetRawText());
        Assert.Equal((Entries.Minute(1), Entries.Minute(1), 1, 7u), (entry.When, entry.Last, entry.Count, entry.UserId));
    }

    [Fact]
    public void Report_with_long_keys_is_shortened_to_the_maximum_size()
    {
        var report = _world.Run(Operation.Deploy, _world.Request()) with
        {
            Differences = [.. Enumerable.Range(0, 150).Select(i =>
                new Drift(Layer.Installed, $"Environment[{new string('K', 20_000)}{i}]", "a", "b"))],
        };

        var entry = HistoryEntry.Of(report, Entries.Minute(1), 7);

        Assert.InRange(Encoding.UTF8.GetByteCount(entry.Report.GetRawText()), 1, HistoryEntry.MaxReportBytes);
    }

    [Fact]
    public void Report_with_many_findings_keeps_the_first_and_the_last()
    {
        var report = _world.Run(Operation.Deploy, _world.Request()) with
        {
            Findings = [.. Enumerable.Range(0, 150).Select(i =>
                DiagnosticCatalog.DropIns.Info($"finding {i}: {new string('é', 5000)}", "look"))],
        };

        var entry = HistoryEntry.Of(report, Entries.Minute(1), 7);

        Assert.InRange(Encoding.UTF8.GetByteCount(entry.Report.GetRawText()), 1, HistoryEntry.MaxReportBytes);
        Assert.Contains("finding 0:", entry.Findings[0], StringComparison.Ordinal);
        Assert.Contains("finding 149:", entry.Findings[^1], StringComparison.Ordinal);
    }
}

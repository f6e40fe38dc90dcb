using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.History;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.History;

/// <summary>What is kept beside a record says the same as the record.</summary>
public sealed class HistoryRecordTests : IDisposable
{
    private readonly World _world = new(FakeRunner.Exiting(0));

    public void Dispose() => _world.Dispose();

    [Fact]
    public void The_few_fields_that_decide_are_those_that_are_read_back()
    {
        var request = _world.Request();
        foreach (var operation in new[] { Operation.Deploy, Operation.Deploy, Operation.Stop, Operation.Stop, Operation.Uninstall })
        {
            var report = _world.Run(operation, request);
            foreach (var findings in new[] { 0, 1, 5, 6, 150 })
            {
                var told = report with
                {
                    Findings = [.. Enumerable.Range(0, findings).Select(i => (i % 2 == 0
                        ? DiagnosticCatalog.DropIns : DiagnosticCatalog.LingeringOff).Info($"finding {i}", "look"))],
                };
                var record = HistoryRecord.Of(told, SecretText.Unknowing, Entries.Minute(1), 7);
                var entry = HistoryEntry.TryParse(System.Text.Encoding.UTF8.GetString(record.ToLine()).TrimEnd('\n'))!;

                Assert.Equal((entry.Verb, entry.IsNoOp, entry.UserId), (record.Verb, record.IsNoOp, record.UserId));
                Assert.Equal(entry.Codes.AsEnumerable(), record.Codes.AsEnumerable());
                Assert.Equal((entry.When, entry.Last, entry.Count), (record.When, record.Last, record.Count));
            }
        }
    }

    [Fact]
    public void A_record_of_a_short_report_is_the_report()
    {
        var report = _world.Run(Operation.Deploy, _world.Request());

        var entry = HistoryRecord.Of(report, SecretText.Unknowing, Entries.Minute(1), 7).ToEntry();

        Assert.Equal(ReportJson.Write(report), entry.Report.GetRawText());
    }
}

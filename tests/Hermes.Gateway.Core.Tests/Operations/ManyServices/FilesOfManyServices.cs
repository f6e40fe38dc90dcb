using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Tests.Operations.ManyServices;

/// <summary>The files of many services are written in parallel, and are the same as after an operation on each service
/// alone.</summary>
public sealed class FilesOfManyServices : IDisposable
{
    private const int Count = 30;

    private readonly MachineWithManyServices _many = new();

    public void Dispose() => _many.Dispose();

    [Fact]
    public async Task Each_service_has_its_own_files_and_no_journal_entry_remains()
    {
        var reports = Repair();

        Assert.All(reports, report => Assert.Equal(Outcome.Changed, report.Outcome));
        var store = Store();
        var history = new ServiceHistory(_many.Host, TimeProvider.System);
        foreach (var report in reports)
        {
            var definition = report.Definition;
            Assert.Contains(
                $"Description={definition.Description}\n", await File.ReadAllTextAsync(report.DefinitionPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
            var backup = Assert.Single(Directory.GetFiles(store.BackupsOf(definition)));
            Assert.Contains("run\n", await File.ReadAllTextAsync(backup, TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.EndsWith(definition.Identifier, backup, StringComparison.Ordinal);
            Assert.Equal(report.Invocation, store.ReadVerifiedStart(definition)?.Invocation);
            Assert.Null(store.ReadJournalEntry(definition));
            Assert.Equal(2, history.Read(ServiceScope.User, definition.Name).Length);
        }

        Assert.Empty(Directory.GetFiles(_many.Host.StateFolder(ServiceScope.User), "*.tmp", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.None,
        }));
    }

    [Fact]
    public async Task Only_the_service_whose_backup_cannot_be_written_fails()
    {
        var requests = _many.Requests(Count);
        _many.Run(Operation.Deploy, requests);
        await File.WriteAllTextAsync(Store().BackupsOf(requests[7].Definition), "in the way", TestContext.Current.CancellationToken);

        var reports = _many.Run(Operation.Deploy, _many.Requests(Count, "changed"));

        Assert.Equal(DiagnosticCatalog.DefinitionNotWritable, Assert.Single(reports, report => report.Outcome == Outcome.Failed)
            .Findings[0].Descriptor);
        Assert.Equal(Outcome.Failed, reports[7].Outcome);
        Assert.Equal(Count - 1, reports.Count(report => report.Outcome == Outcome.Changed));
    }

    [Fact]
    public void Only_the_service_whose_history_cannot_be_written_is_warned()
    {
        var requests = _many.Requests(Count);
        var history = new ServiceHistory(_many.Host, TimeProvider.System);
        Directory.CreateDirectory(history.PathOf(ServiceScope.User, requests[7].Definition.Name));

        var reports = _many.Run(Operation.Deploy, requests);

        Assert.All(reports, report => Assert.Equal(Outcome.Changed, report.Outcome));
        Assert.Same(reports[7], Assert.Single(
            reports, report => report.Findings.Any(finding => finding.Descriptor == DiagnosticCatalog.HistoryUnusable)));
    }

    private ImmutableArray<ServiceReport> Repair()
    {
        _many.Run(Operation.Deploy, _many.Requests(Count));
        return _many.Run(Operation.Deploy, _many.Requests(Count, "changed"));
    }

    private ServiceStore Store() => new(_many.Host, TimeProvider.System);
}

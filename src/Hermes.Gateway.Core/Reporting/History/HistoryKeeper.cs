using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>Keeps the records of one operation. One that cannot be kept is a warning, and never more.</summary>
internal sealed class HistoryKeeper(HostContext host, TimeProvider time)
{
    private readonly ServiceHistory _history = new(host, time);

    /// <summary>Keeps a record of each run; gives the reports back, with that warning where it is due.</summary>
    public ServiceReport[] Keep(IReadOnlyList<ServiceOperation> services, ServiceReport[] reports, DateTimeOffset when)
    {
        var records = new Keeping[reports.Length];
        for (var i = 0; i < records.Length; i++) records[i] = new Keeping(services[i], reports[i], when);
        BoundedParallel.ForEach(records, BoundedParallel.Files, Keep);
        Flush(records);
        return Array.ConvertAll(
            records, record => record.Warning is { } warning ? With(record.Report, warning) : record.Report);
    }

    private void Keep(Keeping keeping)
    {
        var report = keeping.Report;
        // Its folder is what must not be written to.
        if (report.Findings.Any(told => told.Descriptor == DiagnosticCatalog.HomeOfAnother)) return;
        try
        {
            var entry = HistoryEntry.Of(report, keeping.Service.Secrets, keeping.When, host.UserId);
            keeping.Folder = _history.Add(report.Definition.Scope, report.Definition.Name, entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LockHeldException)
        {
            keeping.Warning = Unusable(keeping, e);
        }
    }

    // The names of new files last from then on, of all of them: it is the same folder for all of a scope.
    private void Flush(Keeping[] records)
    {
        string? flushed = null;
        Exception? refused = null;
        foreach (var record in records)
        {
            if (record.Folder is not { } folder) continue;
            if (folder != flushed)
                try
                {
                    refused = null;
                    flushed = folder;
                    NativeMethods.SyncFolder(folder);
                }
                catch (IOException e)
                {
                    refused = e;
                }

            if (refused is not null) record.Warning = Unusable(record, refused);
        }
    }

    private Finding? Unusable(Keeping keeping, Exception why)
    {
        var report = keeping.Report;
        // Said already, and worse.
        if (report.Findings.Any(told =>
            told.Descriptor == DiagnosticCatalog.StateFolderUnusable || told.Descriptor == DiagnosticCatalog.PathNotTrusted))
            return null;
        var definition = report.Definition;
        var path = _history.PathOf(definition.Scope, definition.Name);
        // The report has passed the gate already; what is added to it passes it here.
        return keeping.Service.Redaction.Of(DiagnosticCatalog.HistoryUnusable.Warning(
            $"{report.Verb} of {definition.Name} is not in the history, because {path} could not be written: "
            + why.Message,
            $"ls -la {ShellText.Quote([Path.GetDirectoryName(path)!])}"));
    }

    // The advice is that of the first error, or else of the first warning, as in every report.
    private static ServiceReport With(ServiceReport report, Finding warning) => report with
    {
        Findings = report.Findings.Add(warning),
        Advice = report.Advice.Length > 0 ? report.Advice : warning.Advice!,
    };

    /// <summary>The record of one run on its way.</summary>
    private sealed class Keeping(ServiceOperation service, ServiceReport report, DateTimeOffset when)
    {
        public ServiceOperation Service => service;

        public ServiceReport Report => report;

        public DateTimeOffset When => when;

        /// <summary>What has to be flushed for it to last.</summary>
        public string? Folder { get; set; }

        public Finding? Warning { get; set; }
    }
}

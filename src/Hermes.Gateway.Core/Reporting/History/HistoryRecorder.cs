using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>Adds the reports of an operation to the histories of its services. A failure to do so is a warning in the report.</summary>
internal sealed class HistoryRecorder(HostContext host, TimeProvider time)
{
    private readonly ServiceHistory _history = new(host, time);

    /// <summary>Records the reports, and returns them with warnings about those that could not be recorded.</summary>
    public ServiceReport[] Keep(IReadOnlyList<ServiceOperation> services, ServiceReport[] reports, DateTimeOffset when)
    {
        List<Addition> additions = [.. services.Zip(reports, (service, report) => new Addition(service, report))];
        BoundedParallel.ForEach(additions, BoundedParallel.Files, each => each.Error = ErrorOf(() => Add(each, when)));
        // The services of a scope share one folder, which is flushed once.
        foreach (var sharing in additions.GroupBy(addition => addition.UnflushedFolder).Where(group => group.Key is not null))
        {
            var error = ErrorOf(() => NativeMethods.SyncFolder(sharing.Key!));
            foreach (var addition in sharing) addition.Error = error;
        }

        return [.. additions.Select(each => each.Error is { } error ? WithWarning(each, error) : each.Report)];
    }

    private void Add(Addition addition, DateTimeOffset when)
    {
        var report = addition.Report;
        // The history would be a file of root in the other user's home.
        if (report.Findings.Any(finding => finding.Descriptor == DiagnosticCatalog.HomeOfAnother)) return;
        var entry = HistoryEntry.Of(report, when, host.UserId);
        addition.UnflushedFolder = _history.Add(report.Definition.Scope, report.Definition.Name, entry);
    }

    private static Exception? ErrorOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LockHeldException)
        {
            return e;
        }
    }

    private ServiceReport WithWarning(Addition addition, Exception error)
    {
        var report = addition.Report;
        // These findings already say that the folder of the history cannot be used.
        if (report.Findings.Any(finding =>
            finding.Descriptor == DiagnosticCatalog.StateFolderUnusable || finding.Descriptor == DiagnosticCatalog.PathNotTrusted))
            return report;
        var path = _history.PathOf(report.Definition.Scope, report.Definition.Name);
        // The report was redacted before; this warning was not.
        var warning = addition.Service.Redaction.Of(DiagnosticCatalog.HistoryUnusable.Warning(
            $"{report.Verb} of {report.Definition.Name} is not in the history, because {path} could not be written: {error.Message}",
            $"ls -la {ShellText.Quote([Path.GetDirectoryName(path)!])}"));
        return report with
        {
            Findings = report.Findings.Add(warning),
            Advice = report.Advice.Length > 0 ? report.Advice : warning.Advice!,
        };
    }

    private sealed record Addition(ServiceOperation Service, ServiceReport Report)
    {
        public string? UnflushedFolder { get; set; }

        public Exception? Error { get; set; }
    }
}

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
        var additions = BoundedParallel.Select(
            services.Zip(reports, Tuple.Create).ToList(), BoundedParallel.Files, pair => TryAdd(pair.Item1, pair.Item2, when));
        // The services of a scope share one folder, which is flushed once.
        var flushErrors = additions.Select(addition => addition.UnflushedFolder).OfType<string>().Distinct()
            .ToDictionary(folder => folder, TryFlush);
        return
        [
            .. reports.Select((report, i) =>
            {
                var (folder, error) = additions[i];
                error ??= folder is null ? null : flushErrors[folder];
                return error is null ? report : WithWarning(report, services[i], error);
            }),
        ];
    }

    private (string? UnflushedFolder, Exception? Error) TryAdd(ServiceOperation service, ServiceReport report, DateTimeOffset when)
    {
        // The history would be a file of root in the other user's home.
        if (report.Findings.Any(finding => finding.Descriptor == DiagnosticCatalog.HomeOfAnother)) return (null, null);
        try
        {
            var entry = HistoryEntry.Of(report, service.Secrets, when, host.UserId);
            return (_history.Add(report.Definition.Scope, report.Definition.Name, entry), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LockHeldException)
        {
            return (null, e);
        }
    }

    private static IOException? TryFlush(string folder)
    {
        try
        {
            NativeMethods.SyncFolder(folder);
            return null;
        }
        catch (IOException e)
        {
            return e;
        }
    }

    private ServiceReport WithWarning(ServiceReport report, ServiceOperation service, Exception error)
    {
        // These findings already say that the folder of the history cannot be used.
        if (report.Findings.Any(finding =>
            finding.Descriptor == DiagnosticCatalog.StateFolderUnusable || finding.Descriptor == DiagnosticCatalog.PathNotTrusted))
            return report;
        var path = _history.PathOf(report.Definition.Scope, report.Definition.Name);
        // The report was redacted before; this warning was not.
        var warning = service.Redaction.Of(DiagnosticCatalog.HistoryUnusable.Warning(
            $"{report.Verb} of {report.Definition.Name} is not in the history, because {path} could not be written: {error.Message}",
            $"ls -la {ShellText.Quote([Path.GetDirectoryName(path)!])}"));
        return report with
        {
            Findings = report.Findings.Add(warning),
            Advice = report.Advice.Length > 0 ? report.Advice : warning.Advice!,
        };
    }
}

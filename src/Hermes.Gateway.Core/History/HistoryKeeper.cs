using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.History;

/// <summary>Keeps the records of one operation. One that cannot be kept is a warning, and never more.</summary>
internal sealed class HistoryKeeper(HostContext host, TimeProvider time)
{
    private readonly ServiceHistory _history = new(host, time);

    /// <summary>Keeps a record of each run; gives the reports back, with that warning where it is due.</summary>
    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    public async Task<ServiceReport[]> KeepAsync(IReadOnlyList<ServiceRun> runs, ServiceReport[] reports, DateTimeOffset when)
    {
        var told = new ServiceReport[reports.Length];
        for (var i = 0; i < told.Length; i++)
            told[i] = await KeepAsync(runs[i], reports[i], when) is { } warning ? With(reports[i], warning) : reports[i];
        return told;
    }

    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    private async Task<Finding?> KeepAsync(ServiceRun run, ServiceReport report, DateTimeOffset when)
    {
        var definition = report.Definition;
        // Its folder is what must not be written to.
        if (report.Findings.Any(told => told.Descriptor == DiagnosticCatalog.HomeOfAnother)) return null;
        try
        {
            var record = HistoryRecord.Of(report, run.Secrets, when, host.UserId);
            await _history.AddAsync(definition.Scope, definition.Name, record);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LockHeldException)
        {
            // Said already, and worse.
            if (report.Findings.Any(told => told.Descriptor == DiagnosticCatalog.StateFolderUnusable)) return null;
            var path = _history.PathOf(definition.Scope, definition.Name);
            return DiagnosticCatalog.HistoryUnusable.Warning(
                $"{report.Verb} of {definition.Name} is not in the history, because {path} could not be written: "
                + e.Message,
                $"ls -la {ShellText.Quote([Path.GetDirectoryName(path)!])}");
        }
    }

    // The advice is that of the first error, or else of the first warning, as in every report.
    private static ServiceReport With(ServiceReport report, Finding warning) => report with
    {
        Findings = report.Findings.Add(warning),
        Advice = report.Advice.Length > 0 ? report.Advice : warning.Advice!,
    };
}

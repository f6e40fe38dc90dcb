using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Tasks;

/// <summary>Writes the files for CI. A file that cannot be written is a warning, because it must not fail a deploy.</summary>
internal sealed class ReportFiles(TaskEnvironment environment, string? report, string? summary, string? jUnit)
{
    // GitHub's runner, and others like it, name the file of a step's summary in this variable.
    private const string SummaryVariable = "GITHUB_STEP_SUMMARY";

    // Builds of other projects may be appending to the same summary, which takes milliseconds.
    private static readonly TimeSpan AppendTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Writes the requested files, and returns a warning for each one that could not be written.</summary>
    public IEnumerable<Finding> Write(ReportDocument document)
    {
        Finding?[] warnings =
        [
            TryWrite(report, "HermesGatewayReportFile", path => AtomicFile.WriteRegular(path, document.ToJson(), mode: null)),
            string.IsNullOrWhiteSpace(summary)
                ? TryWrite(environment.GetEnvironmentVariable(SummaryVariable), SummaryVariable, Append)
                : TryWrite(summary, "HermesGatewaySummaryFile", Append),
            TryWrite(jUnit, "HermesGatewayJUnitFile", path => AtomicFile.WriteRegular(path, JUnitReport.Write(document), mode: null)),
        ];
        return warnings.OfType<Finding>();

        void Append(string path) => AppendedFile.Append(path, MarkdownReport.Write(document), AppendTimeout, TimeProvider.System);
    }

    private Finding? TryWrite(string? path, string setting, Action<string> write)
    {
        if (string.IsNullOrWhiteSpace(path)) return null;
        try
        {
            // GetAbsolutePath starts at the project's folder; the process, which can run many builds, may be in another one.
            path = Path.GetFullPath(environment.GetAbsolutePath(path.Trim()));
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? path);
            write(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return DiagnosticCatalog.ReportNotWritable.Warning(
                $"{path} ({setting}) could not be written: {e.Message}",
                $"ls -ld {ShellText.Quote([Path.GetDirectoryName(path) ?? path, .. Path.Exists(path) ? (string[])[path] : []])}");
        }
    }
}

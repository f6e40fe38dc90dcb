using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Storage;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>The files that a verb leaves for CI. One that cannot be written never fails a deploy.</summary>
internal sealed class ReportFiles(TaskEnvironment environment)
{
    /// <summary>The variable in which GitHub's runner and others like it name the file for a step's summary.</summary>
    private const string SummaryVariable = "GITHUB_STEP_SUMMARY";

    // Builds of other projects append to the same summary, each in a moment.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Path of the JSON file; none when empty.</summary>
    public string? Report { get; init; }

    /// <summary>Path of the Markdown file; that of the CI's variable when empty.</summary>
    public string? Summary { get; init; }

    /// <summary>Path of the JUnit file; none when empty.</summary>
    public string? JUnit { get; init; }

    /// <summary>Writes what was asked for; a warning for each file that could not be written.</summary>
    public IEnumerable<Finding> Write(ReportDocument document)
    {
        Finding?[] findings =
        [
            Try(Report, "HermesGatewayReportFile", path => AtomicFile.WriteRegular(path, document.ToJson(), mode: null)),
            string.IsNullOrWhiteSpace(Summary)
                ? Try(environment.GetEnvironmentVariable(SummaryVariable), SummaryVariable, Append)
                : Try(Summary, "HermesGatewaySummaryFile", Append),
            Try(JUnit, "HermesGatewayJUnitFile", path => AtomicFile.WriteRegular(path, JUnitReport.Write(document), mode: null)),
        ];
        return findings.OfType<Finding>();

        void Append(string path) => AppendedFile
            .Append(path, MarkdownReport.Write(document), LongestWait, TimeProvider.System);
    }

    private Finding? Try(string? path, string setting, Action<string> write)
    {
        if (string.IsNullOrWhiteSpace(path)) return null;
        try
        {
            // Relative to the project's folder, which with many builds in one process is not the current one.
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

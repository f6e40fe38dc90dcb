using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>The base class of the tasks: reads the parameters, runs the operation, sets the results, and logs the report.</summary>
public abstract class GatewayTask : Microsoft.Build.Utilities.Task, ICancelableTask, IMultiThreadableTask, IDisposable
{
    private const int MaxLogLinesInError = 4;
    private const int MaxInputProblems = 50;
    private readonly CancellationTokenSource _cancellation = new();
    private bool _wasCanceled;
    private bool _hasWrittenFiles;

    /// <summary>The services. The ItemSpec is the name, and the metadata are the settings, named like the properties without their
    /// prefix (<c>Program</c>, <c>Arguments</c>, …). Example: <c>@(HermesGatewayService)</c>.</summary>
    [Required]
    public ITaskItem[] Services { get; set; } = [];

    /// <summary>An item with the values of metadata that a service does not set. Optional.</summary>
    public ITaskItem? Defaults { get; set; }

    /// <summary>For a project that has releases (<c>HermesGatewayReleases</c>): the record of its last publish, a file that contains the
    /// path of the folder. Metadata: <c>BuildIsNewer</c> (<c>true</c> when the project was built after that) and <c>SourceRevision</c>.
    /// Optional: without it, the service stays at its current release.</summary>
    public ITaskItem? Published { get; set; }

    /// <summary>The address of the page that explains the codes; <c>#hgw0001</c> and the like are added to it. Default: the page in the
    /// package.</summary>
    public string? HelpLinkBase { get; set; }

    /// <summary>A file for the report of the whole call as JSON (docs/report.schema.json in the package); written on failure too.
    /// Relative to the project's folder. Example: <c>artifacts/gateway.json</c>. Default: none.</summary>
    public string? ReportFile { get; set; }

    /// <summary>A file to which a Markdown summary is appended. Relative to the project's folder. Default: the file in the variable
    /// <c>GITHUB_STEP_SUMMARY</c>, if it is set.</summary>
    public string? SummaryFile { get; set; }

    /// <summary>A file for the checks as JUnit XML. Relative to the project's folder. Example: <c>artifacts/gateway.junit.xml</c>.
    /// Default: none.</summary>
    public string? JUnitFile { get; set; }

    /// <summary>
    /// One item for each service, in order, also on failure. The ItemSpec is the name; metadata: <c>Manager</c>,
    /// <c>Scope</c>, <c>DefinitionPath</c>, <c>Release</c> (its folder), <c>Released</c> (current, missing, damaged, in-place), <c>Installed</c> (current, stale, missing, unreadable, foreign),
    /// <c>Loaded</c> (current, stale, no, unknown), <c>Running</c> (current, stale, no, crash-looping, unknown),
    /// <c>Enabled</c> (yes, no, unknown), <c>ProcessId</c>, <c>Health</c>, <c>Outcome</c> (unchanged, changed,
    /// rolled-back, failed), <c>Changed</c> (true, false), <c>Differences</c>, <c>Findings</c>, <c>Advice</c>, and
    /// <c>Report</c> (the whole report as JSON).
    /// </summary>
    [Output]
    public ITaskItem[] Results { get; private protected set; } = [];

    /// <inheritdoc/>
    public TaskEnvironment TaskEnvironment { get; set; } = TaskEnvironment.Fallback;

    /// <summary>Runs processes in the environment of the task, which need not be that of the process; replaced in tests.</summary>
    [AllowNull]
    internal IProcessRunner Runner
    {
        get => field ??= new CliWrapProcessRunner(TaskEnvironment.GetProcessStartInfo);
        init;
    }

    private protected CancellationToken Cancellation => _cancellation.Token;

    private protected abstract Operation Operation { get; }

    /// <summary>Whether the operation compares the service with what was built last; otherwise it stays at the current release.</summary>
    private protected virtual bool ReadsBuild => false;

    /// <summary><see cref="ServiceInput.ChosenRelease"/>.</summary>
    private protected virtual string? ChosenRelease => null;

    // The end of a message that leaves findings out.
    private string WhereAllFindingsAre => string.IsNullOrWhiteSpace(ReportFile)
        ? "All of them are in the items; HermesGatewayReportFile=FILE has them written to a file."
        : $"All of them are in {ReportFile.Trim()}.";

    /// <summary>Cancels a running task, which then reports its services as cancelled.</summary>
    public void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // MSBuild may cancel a task that has ended.
        }
    }

    /// <inheritdoc/>
    public sealed override bool Execute()
    {
        try
        {
            Run();
        }
#pragma warning disable CA1031 // MSBuild reports an exception from a task as MSB4018, which hides its cause.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The message can contain values of a service, whose secrets are not known here.
            var defect = DiagnosticCatalog.Internal.Error(
                $"a defect in Hermes.Gateway: {e.GetType().Name}: {RedactedText.Of(e.Message)}",
                "report it with the details of a build at -v:detailed");
            LogFinding(defect);
            Log.LogMessage(MessageImportance.Low, "{0}", RedactedText.Of(e.ToString()));
            // Not again if writing the files is what failed.
            if (!_hasWrittenFiles) WriteFiles([], [defect]);
        }
        finally
        {
            _cancellation.Dispose();
        }

        return !Log.HasLoggedErrors && !_wasCanceled;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cancellation.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected virtual void Run()
    {
        var host = HostContext.Resolve(TaskEnvironment.GetEnvironmentVariable);
        var (requests, problems) = RequestReader.Read(ReadInputs(host), host);
        if (problems.Any(problem => problem.Severity == Severity.Error))
        {
            LogInputProblems(problems);
            WriteFiles([], problems);
            return;
        }

        LogInputProblems(problems);
        var findings = new BoundedFindings((_, finding) => LogFinding(finding));
        var listener = new TaskListener(findings.Add, (importance, text) => Log.LogMessage(importance, "{0}", text));
        var services = new GatewayServices(host, Runner, TimeProvider.System) { Listener = listener };
        ImmutableArray<ServiceReport> reports = [.. services.Run(Operation, requests, _cancellation.Token)];
        // Before any error is logged, so that the results of a failure are set too.
        Results = ServiceItems.Write(reports);
        _wasCanceled = _cancellation.IsCancellationRequested;
        WriteFiles(reports, []);
        LogReports(reports, listener, findings);
    }

    private protected List<ServiceInput> ReadInputs(HostContext host)
    {
        var source = Defaults?.GetMetadata("Source") is { Length: > 0 } given ? given : BuildEngine.ProjectFileOfTaskNode;
        // A program that several services run is read once.
        var fingerprints = new Dictionary<(string Program, string? List), string>();
        var published = PublishedOutput.Of(Published);
        return [.. Services.Select(service =>
            AgentPreset.Expand(ServiceItems.Read(service, Defaults, published, ReadsBuild, source, Fingerprint) with { ChosenRelease = ChosenRelease }, host))];

        string Fingerprint(string program, string? list) =>
            fingerprints.TryGetValue((program, list), out var known)
                ? known
                : fingerprints[(program, list)] = ProgramFingerprint.Of(program, list);
    }

    /// <summary>Logs a text as one message that all of MSBuild's loggers show. Works once for each task.</summary>
    private protected void LogText(ServiceDefinition definition, IEnumerable<string> lines)
    {
        // MSBuild's terminal logger shows only messages of this form, which it takes for the path of a build's output, and only the
        // last one of a project (measured on 18.9).
        var project = Path.GetFileNameWithoutExtension(definition.Source);
        Log.LogMessage(MessageImportance.High, "{0}", $"{project} -> {string.Join("\n", lines)}");
    }

    private protected void LogFinding(Finding finding)
    {
        var message = PlainText.Of(finding.Advice is null ? finding.Message : $"{finding.Message} Next: {finding.Advice}");
        var link = HelpLinkOf(finding.Code);
        switch (finding.Severity)
        {
            case Severity.Error:
                Log.LogError(null, finding.Code, null, link, null, 0, 0, 0, 0, "{0}", message);
                break;
            case Severity.Warning:
                Log.LogWarning(null, finding.Code, null, link, null, 0, 0, 0, 0, "{0}", message);
                break;
            default:
                Log.LogMessage(MessageImportance.Normal, "{0}", $"{finding.Code}: {message}");
                break;
        }
    }

    private void WriteFiles(ImmutableArray<ServiceReport> reports, ImmutableArray<Finding> findings)
    {
        _hasWrittenFiles = true;
        var files = new ReportFiles(TaskEnvironment, ReportFile, SummaryFile, JUnitFile);
        foreach (var warning in files.Write(new ReportDocument(Operation.Verb, reports, findings))) LogFinding(warning);
    }

    // Not by BoundedFindings, which needs the name of a service: a service's name can be what is wrong.
    private void LogInputProblems(ImmutableArray<Finding> problems)
    {
        foreach (var problem in problems.Take(MaxInputProblems)) LogFinding(problem);
        if (problems.Length > MaxInputProblems)
            LogFinding(problems[MaxInputProblems] with
            {
                Message = string.Create(
                    CultureInfo.InvariantCulture, $"and {problems.Length - MaxInputProblems} more problems. {WhereAllFindingsAre}"),
                Advice = null,
            });
    }

    private void LogReports(ImmutableArray<ServiceReport> reports, TaskListener listener, BoundedFindings findings)
    {
        if (reports.IsEmpty) return;
        LogText(reports[0].Definition, ReportTable.Lines(reports));

        // The findings of a status are in its text and items; they are not errors or warnings of the build.
        if (Operation.Goal == Goal.Observed) return;
        var detailed = ReportTable.Detailed(reports).ToHashSet<ServiceReport>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < reports.Length; i++)
        {
            var report = reports[i];
            // Details that are not in the text are shown by -v:normal, and those of very many services only by -v:detailed.
            if (Operation.Has(OperationPhases.Verify | OperationPhases.Describe) && !detailed.Contains(report))
                Log.LogMessage(
                    i < ReportTable.MaxRows && !ReportTable.HasDetails(report) ? MessageImportance.Normal : MessageImportance.Low,
                    "{0}", string.Join("\n", ReportText.Details(report)));
            var isFirst = true;
            foreach (var finding in report.Findings)
            {
                if (!listener.HasReported(report.Definition.Name, finding))
                    findings.Add(report.Definition.Name, isFirst && finding.Severity == Severity.Error ? WithLog(finding, report) : finding);
                isFirst = false;
            }
        }

        findings.AddSummaries(WhereAllFindingsAre);
    }

    // Loggers show an error on one line, which has room for a few log lines; the details have all of them.
    private static Finding WithLog(Finding finding, ServiceReport report) => report.Log.IsEmpty ? finding : finding with
    {
        Message = $"{finding.Message} Last log lines: "
            + string.Join(" | ", report.Log.TakeLast(MaxLogLinesInError).Select(line => line.Trim())),
    };

    // The page in the package works offline and describes this version.
    private string HelpLinkOf(string code)
    {
        var page = HelpLinkBase;
        if (string.IsNullOrEmpty(page))
        {
            var folder = Path.GetDirectoryName(typeof(GatewayTask).Assembly.Location)!;
            page = new Uri(Path.GetFullPath(Path.Combine(folder, "..", "..", "docs", "diagnostics.md"))).AbsoluteUri;
        }

        return $"{page}#{code.ToLowerInvariant()}";
    }
}

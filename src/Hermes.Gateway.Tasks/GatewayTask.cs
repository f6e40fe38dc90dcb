using System.Collections.Immutable;
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

/// <summary>What all tasks share: parameters to requests, one call of the library, reports to items and messages.</summary>
public abstract class GatewayTask : Microsoft.Build.Utilities.Task, ICancelableTask, IMultiThreadableTask, IDisposable
{
    private const int LinesInError = 4;
    private const int MostProblems = 50;
    private readonly CancellationTokenSource _cancellation = new();
    private bool _wasCanceled;
    private bool _hasWritten;

    /// <summary>The services: ItemSpec is the name, metadata are the settings, named like the properties without their
    /// prefix (<c>Program</c>, <c>Arguments</c>, …). Example: <c>@(HermesGatewayService)</c>.</summary>
    [Required]
    public ITaskItem[] Services { get; set; } = [];

    /// <summary>One item whose metadata stand in for what a service's own metadata do not say. Optional.</summary>
    public ITaskItem? Defaults { get; set; }

    /// <summary>Address of the page that explains the codes, to which <c>#hgw0001</c> is added. The page in the package
    /// when empty.</summary>
    public string? HelpLinkBase { get; set; }

    /// <summary>File to write the report of the whole call to, as JSON (docs/report.schema.json in the package); on failure
    /// too. Relative to the project's folder. Example: <c>artifacts/gateway.json</c>. None when empty.</summary>
    public string? ReportFile { get; set; }

    /// <summary>File to append a Markdown summary to. Relative to the project's folder. The file that the variable
    /// <c>GITHUB_STEP_SUMMARY</c> names when empty; none when there is no such variable.</summary>
    public string? SummaryFile { get; set; }

    /// <summary>File to write the checks to, as JUnit XML. Relative to the project's folder. Example:
    /// <c>artifacts/gateway.junit.xml</c>. None when empty.</summary>
    public string? JUnitFile { get; set; }

    /// <summary>
    /// One item for each service, in order, also on failure. ItemSpec is the name; metadata: <c>Manager</c>,
    /// <c>Scope</c>, <c>DefinitionPath</c>, <c>Installed</c> (current, stale, missing, unreadable, foreign),
    /// <c>Loaded</c> (current, stale, no, unknown), <c>Running</c> (current, stale, no, crash-looping, unknown),
    /// <c>Enabled</c> (yes, no, unknown), <c>ProcessId</c>, <c>Health</c>, <c>Outcome</c> (unchanged, changed,
    /// rolled-back, failed), <c>Changed</c> (true, false), <c>Differences</c>, <c>Findings</c>, <c>Advice</c>, and
    /// <c>Report</c> (the whole report as JSON).
    /// </summary>
    [Output]
    public ITaskItem[] Results { get; private protected set; } = [];

    /// <inheritdoc/>
    public TaskEnvironment TaskEnvironment { get; set; } = TaskEnvironment.Fallback;

    /// <summary>Runs processes; replaced in tests.</summary>
    internal IProcessRunner? Runner { get; init; }

    /// <summary>Set by <see cref="Cancel"/>.</summary>
    private protected CancellationToken Cancellation => _cancellation.Token;

    /// <summary>What this task does.</summary>
    private protected abstract Operation Operation { get; }

    /// <summary>Asks a running task to stop; its services are then reported as cancelled.</summary>
    public void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // MSBuild may cancel after the end.
        }
    }

    /// <inheritdoc/>
    public sealed override bool Execute()
    {
        try
        {
            Run();
        }
#pragma warning disable CA1031 // The one boundary: an exception out of a task hides its cause behind MSB4018.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // An exception's message can repeat a value or the words of others, and no service is known that it is about.
            var defect = DiagnosticCatalog.Internal.Error(
                $"a defect in Hermes.Gateway: {e.GetType().Name}: {RedactedText.Of(e.Message)}",
                "report it with the details of a build at -v:detailed");
            Tell(defect);
            Log.LogMessage(MessageImportance.Low, "{0}", RedactedText.Of(e.ToString()));
            // Unless the defect is in the writing itself.
            if (!_hasWritten) Write([], [defect]);
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

    /// <summary>Does it, and tells what came of it.</summary>
    private protected virtual void Run()
    {
        var host = HostContext.Resolve(TaskEnvironment.GetEnvironmentVariable);
        var inputs = ReadInputs(host);
        var (requests, problems) = RequestReader.Read(inputs, host);
        if (!problems.IsEmpty)
        {
            // Each names its service; they are not told by service, because one can have no name.
            foreach (var problem in problems.Take(MostProblems)) Tell(problem);
            if (problems.Length > MostProblems)
                Tell(problems[MostProblems] with
                {
                    Message = string.Create(
                        CultureInfo.InvariantCulture, $"and {problems.Length - MostProblems} more problems. {WhereAllIs}"),
                    Advice = null,
                });
            Write([], problems);
            return;
        }

        var runner = Runner ?? CommandRunner.For(TaskEnvironment);
        var findings = new BoundedFindings((_, finding) => Tell(finding));
        var listener = new TaskListener(findings.Tell, (importance, text) => Log.LogMessage(importance, "{0}", text));
        var services = new GatewayServices(host, runner, TimeProvider.System) { Listener = listener };
        ImmutableArray<ServiceReport> reports =
            [.. services.Run(Operation, requests, _cancellation.Token)];
        // First the items, then the errors: automation gets the report of a failure too.
        Results = ServiceItems.Write(reports);
        _wasCanceled = _cancellation.IsCancellationRequested;
        Write(reports, []);
        Tell(reports, listener, findings);
    }

    private void Write(ImmutableArray<ServiceReport> reports, ImmutableArray<Finding> findings)
    {
        _hasWritten = true;
        var files = new ReportFiles(TaskEnvironment) { Report = ReportFile, Summary = SummaryFile, JUnit = JUnitFile };
        foreach (var warning in files.Write(new ReportDocument(Operation.Verb, reports, findings))) Tell(warning);
    }

    /// <summary>What the project says of the services.</summary>
    private protected List<ServiceInput> ReadInputs(HostContext host)
    {
        var source = Defaults?.GetMetadata("Source") is { Length: > 0 } given ? given : BuildEngine.ProjectFileOfTaskNode;
        // Many services can run the same program, which is read once.
        var fingerprints = new Dictionary<(string Program, string? List), string>();
        return [.. Services.Select(service => AgentPreset.Expand(ServiceItems.Read(service, Defaults, source, Fingerprint), host))];

        string Fingerprint(string program, string? list) =>
            fingerprints.TryGetValue((program, list), out var known)
                ? known
                : fingerprints[(program, list)] = ProgramFingerprint.Of(program, list);
    }

    private void Tell(ImmutableArray<ServiceReport> reports, TaskListener listener, BoundedFindings findings)
    {
        if (reports.IsEmpty) return;
        TellPeople(reports[0].Definition, ReportTable.Lines(reports));

        // A status tells what is wrong in its text and items; it is not itself a failure or a warning of the build.
        if (Operation.Goal == Goal.Observed) return;
        var shown = ReportTable.Stories(reports).ToHashSet<ServiceReport>(ReferenceEqualityComparer.Instance);
        foreach (var (i, report) in reports.Index())
        {
            // Beyond the rows of the table they are for a log that has everything.
            if (Operation.Has(OperationPhases.Verify | OperationPhases.Describe) && !shown.Contains(report))
                Log.LogMessage(
                    i < ReportTable.MostRows && !ReportTable.HasStory(report) ? MessageImportance.Normal : MessageImportance.Low,
                    "{0}", string.Join("\n", ReportText.Details(report)));
            var isFirst = true;
            foreach (var finding in report.Findings)
            {
                if (!listener.Has(report.Definition, finding))
                    findings.Tell(
                        report.Definition.Name,
                        isFirst && finding.Severity == Severity.Error ? WithLog(finding, report) : finding);
                isFirst = false;
            }
        }

        findings.TellOthers(WhereAllIs);
    }

    // Whoever has an item with a thousand findings has them already.
    private string WhereAllIs => string.IsNullOrWhiteSpace(ReportFile)
        ? "All of them are in the items; HermesGatewayReportFile=FILE has them written to a file."
        : $"All of them are in {ReportFile.Trim()}.";

    /// <summary>Tells a text in the only way in which every logger shows it; at most once in a task.</summary>
    private protected void TellPeople(ServiceDefinition definition, IEnumerable<string> lines)
    {
        // The terminal logger hides the messages of tasks, except one: in this shape it takes a message for the path of
        // what was built and shows all of it, line by line (18.9; only the last one of a project, hence one message).
        var project = Path.GetFileNameWithoutExtension(definition.Source);
        Log.LogMessage(MessageImportance.High, "{0}", $"{project} -> {string.Join("\n", lines)}");
    }

    // An error is one line in every logger; the whole log is in the details and in the report.
    private static Finding WithLog(Finding finding, ServiceReport report) => report.Log.IsEmpty
        ? finding
        : finding with { Message = $"{finding.Message} Last log lines: {string.Join(" | ", report.Log.TakeLast(LinesInError).Select(line => line.Trim()))}" };

    /// <summary>Tells a finding as an error, a warning or a message, with its code and its link.</summary>
    private protected void Tell(Finding finding)
    {
        var message = PlainText.Of(finding.Advice is null ? finding.Message : $"{finding.Message} Next: {finding.Advice}");
        var link = HelpLinks.For(finding.Code, HelpLinkBase);
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
}

using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;
using static System.FormattableString;

namespace Hermes.Gateway.Tasks;

/// <summary>Logs an operation while it runs: its progress, its commands, and the warnings about its plan, so that a user can still
/// cancel the build.</summary>
/// <param name="report">Logs a finding.</param>
/// <param name="log">Logs a message.</param>
internal sealed class TaskListener(Action<ServiceName, Finding> report, Action<MessageImportance, string> log) : IOperationListener
{
    private readonly HashSet<(ServiceName, Finding)> _reported = [];

    public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings)
    {
        foreach (var finding in findings.Where(finding => finding.Severity == Severity.Warning))
            if (_reported.Add((request.Definition.Name, finding))) report(request.Definition.Name, finding);
    }

    public void UnderWay(OperationProgress progress)
    {
        var kind = progress.Kind is { } step ? ReportText.Word(step) : "verify";
        log(MessageImportance.Normal, Invariant(
            $"{progress.Verb}: step {progress.Step} of {progress.Steps}: {kind} of {Services(progress.Services)}"));
    }

    public void Waiting(WaitingProgress progress)
    {
        var failed = progress.Failed > 0 ? Invariant($", {progress.Failed:N0} failed") : "";
        log(MessageImportance.Normal, Invariant(
            $"{progress.Verb}: {progress.Ready:N0} of {Services(progress.Services)} ready{failed}, after {progress.Elapsed.TotalSeconds:0} s"));
    }

    public void Ran(CommandResult command) => log(MessageImportance.Low, Invariant(
        $"{RedactedText.Of(command.CommandLineFor(null))}  exit {command.ExitCode}, {command.Duration.TotalMilliseconds:0} ms"));

    public bool HasReported(ServiceName service, Finding finding) => _reported.Contains((service, finding));

    private static string Services(int count) => Invariant($"{count:N0} service{(count == 1 ? "" : "s")}");
}

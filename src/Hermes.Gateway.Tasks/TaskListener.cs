using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>
/// Tells of an operation while it is under way. The warnings about what is going to be done, when the build can still be
/// stopped; remembered, so that they are not told again at the end. Which step is under way, one line for each. The commands.
/// </summary>
/// <param name="tell">Tells a finding.</param>
/// <param name="say">Logs a message.</param>
internal sealed class TaskListener(Action<ServiceName, Finding> tell, Action<MessageImportance, string> say) : IOperationListener
{
    private readonly HashSet<Told> _told = [];

    /// <inheritdoc/>
    public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings)
    {
        foreach (var finding in findings.Where(finding => finding.Severity == Severity.Warning))
            if (_told.Add(new Told(request.Definition.Name, finding))) tell(request.Definition.Name, finding);
    }

    /// <inheritdoc/>
    public void UnderWay(OperationProgress progress) => say(MessageImportance.Normal, string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.Verb}: step {progress.Step} of {progress.Steps}: "
        + $"{(progress.Kind is { } kind ? ReportText.Word(kind) : "verify")} of {Services(progress.Services)}"));

    /// <inheritdoc/>
    public void Waiting(WaitingProgress progress)
    {
        var failed = progress.Failed > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {progress.Failed:N0} failed") : "";
        say(MessageImportance.Normal, string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Verb}: {progress.Ready:N0} of {Services(progress.Services)} ready{failed}, "
            + $"after {progress.Elapsed.TotalSeconds:0} s"));
    }

    /// <inheritdoc/>
    public void Ran(CommandResult command) => say(
        MessageImportance.Low,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{RedactedText.Of(command.CommandLineFor(null))}  exit {command.ExitCode}, {command.Duration.TotalMilliseconds:0} ms"));

    /// <summary>Whether this has been told already.</summary>
    public bool Has(ServiceDefinition service, Finding finding) => _told.Contains(new Told(service.Name, finding));

    private static string Services(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} service{(count == 1 ? "" : "s")}");

    private sealed record Told(ServiceName Service, Finding Finding);
}

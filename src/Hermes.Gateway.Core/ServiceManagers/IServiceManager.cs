using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers;

/// <summary>A service manager: translates definitions to its file format and back, observes many services at once, and applies
/// one kind of step to many services. Callers decide which steps are needed, and whether they succeeded.</summary>
internal interface IServiceManager
{
    /// <summary>The name of its <see cref="IServiceManagerType"/>.</summary>
    string Name { get; }

    /// <summary>Returns the path of a definition's file, and the values that each layer shows when it is current. Pure.</summary>
    DesiredService Describe(ServiceDefinition definition);

    /// <summary>Returns warnings about a definition that apply to this manager only. Pure.</summary>
    IEnumerable<Finding> FindWarnings(ServiceDefinition definition) => [];

    /// <summary>Returns the text of the definition file, with the foreign keys of the installed one. Pure.</summary>
    string Render(DesiredService desired, InstalledFacts installed);

    /// <summary>Returns a definition for reports: without comments, each value that may be a secret replaced. Pure.</summary>
    /// <param name="text">The text, as XML where the format is XML.</param>
    /// <param name="owned">The names of the owned keys, as in <see cref="DesiredService.Keys"/>.</param>
    /// <param name="hide">Returns the replacement of a value.</param>
    string Redact(string text, IReadOnlySet<string> owned, Func<string, string> hide);

    /// <summary>Reads the definition file at its path; runs no command.</summary>
    InstalledFacts ReadInstalled(DesiredService desired);

    /// <summary>Returns the manager's version as its command prints it; null when the command fails.</summary>
    string? AskVersion(Deadline deadline, CancellationToken cancellationToken);

    /// <summary>Reads all facts about <paramref name="services"/>, in their order, and changes nothing. When the manager does
    /// not answer, the facts are unknown and a finding says why; there is no exception.</summary>
    IReadOnlyList<ServiceObservation> Observe(
        IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken);

    /// <summary>Applies one kind of step to all <paramref name="services"/>; the results are in their order.
    /// The caller itself takes <see cref="StepKind.Write"/> and <see cref="StepKind.Remove"/>.
    /// <see cref="StepKind.RunWithoutLogin"/> waits until the manager answers, or the deadline has passed.</summary>
    IReadOnlyList<StepResult> Apply(
        StepKind kind, IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken);

    /// <summary>Returns the command that a person would type for <paramref name="kind"/>; null when there is none.</summary>
    string? CommandFor(StepKind kind, DesiredService desired);

    /// <summary>Returns the command that shows the manager's status of the service.</summary>
    string StatusCommand(DesiredService desired);

    /// <summary>Returns the command that shows the service's log.</summary>
    string LogCommand(DesiredService desired);

    /// <summary>Reads the last lines logged since the service's latest start, oldest first; empty when none can be read.</summary>
    ImmutableArray<string> ReadLog(
        DesiredService desired, ServiceObservation observation, int lines, CancellationToken cancellationToken);

    /// <summary>Waits until an observed process has ended or the deadline has passed; may return earlier. Runs no command.</summary>
    void WaitForChange(IReadOnlyList<ServiceObservation> observations, Deadline deadline, CancellationToken cancellationToken) =>
        ProcessWatch.WaitForAnyEnd(
            [.. observations.Select(observation => observation.Running.ProcessId).OfType<int>()], deadline, cancellationToken);
}

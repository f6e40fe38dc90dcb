using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.ServiceManagers;

/// <summary>
/// The one port to a machine's service manager. It reads and writes its own file format, observes many services at
/// once, and applies one kind of step to many services at once; what to do and whether it worked is decided above it.
/// </summary>
internal interface IServiceManager
{
    /// <summary>The name of its <see cref="IServiceManagerType"/>.</summary>
    string Name { get; }

    /// <summary>Where the definition belongs, and how each layer would show it. Pure.</summary>
    DesiredService Describe(ServiceDefinition definition);

    /// <summary>Warnings about a definition that only the manager's own machines give a reason for. Pure.</summary>
    IEnumerable<Finding> FindWarnings(ServiceDefinition definition) => [];

    /// <summary>The definition file's text, keeping what is foreign in the one that was seen. Pure.</summary>
    string Render(DesiredService desired, InstalledFacts seen);

    /// <summary>A definition's text for showing: without comments, and with <paramref name="hide"/> of every value that
    /// could be a secret instead of it. Pure.</summary>
    /// <param name="text">The text, as XML where the format is XML.</param>
    /// <param name="owned">The names of the keys that are ours, in the vocabulary of <see cref="DesiredService.Keys"/>.</param>
    /// <param name="hide">Stands in for a value.</param>
    string Redact(string text, IReadOnlySet<string> owned, Func<string, string> hide);

    /// <summary>Reads the definition file where it belongs, and asks nobody.</summary>
    InstalledFacts ReadInstalled(DesiredService desired);

    /// <summary>The manager's version in its own words; null when it does not tell.</summary>
    string? AskVersion(Deadline deadline, CancellationToken cancellationToken);

    /// <summary>Reads all facts about <paramref name="services"/>, in their order, and changes nothing. A manager that
    /// does not answer gives observations full of unknowns with an error finding, never an exception.</summary>
    IReadOnlyList<ServiceObservation> Observe(
        IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken);

    /// <summary>Applies one kind of step to all <paramref name="services"/>; the results are in their order.
    /// <see cref="StepKind.Write"/> and <see cref="StepKind.Remove"/> are not for the manager. When
    /// <see cref="StepKind.RunWithoutLogin"/> is done, the manager can be asked, if it can be within the time.</summary>
    IReadOnlyList<StepResult> Apply(
        StepKind kind, IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken);

    /// <summary>The command that a person would type for <paramref name="kind"/>; null for none.</summary>
    string? CommandFor(StepKind kind, DesiredService desired);

    /// <summary>The command that shows a person the manager's own view of the service.</summary>
    string StatusCommand(DesiredService desired);

    /// <summary>The command that shows a person the service's log.</summary>
    string LogCommand(DesiredService desired);

    /// <summary>The last lines that the service logged in its latest start, oldest first; empty when none can be read.</summary>
    ImmutableArray<string> ReadLog(
        DesiredService desired, ServiceObservation seen, int lines, CancellationToken cancellationToken);

    /// <summary>Waits until one of the observed processes has ended, or the deadline has passed. Spawns
    /// nothing; may return early for no reason.</summary>
    void WaitForChange(
        IReadOnlyList<ServiceObservation> seen, Deadline deadline, CancellationToken cancellationToken);
}

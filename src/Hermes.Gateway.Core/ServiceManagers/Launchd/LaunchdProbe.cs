using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Queries launchd. Queries all domains of a scope, because which of them exist depends on how the user is
/// logged in.</summary>
internal sealed class LaunchdProbe(LaunchctlClient launchctl, ImmutableArray<LaunchdDomain> domains)
{
    public JobObservation ObserveJob(DesiredService desired, Deadline deadline, CancellationToken cancellationToken)
    {
        var label = desired.Definition.Label;
        var prints = BoundedParallel.Select(
            domains, domains.Length,
            domain => launchctl.Run(label, ["print", domain.Target(label)], deadline, cancellationToken));

        var loaded = ImmutableArray.CreateBuilder<LoadedJob>();
        var existing = ImmutableArray.CreateBuilder<LaunchdDomain>();
        CommandResult? unanswered = null;
        foreach (var (domain, print) in domains.Zip(prints))
            switch (LaunchctlErrors.Classify("print", print))
            {
                // The middle of a truncated output is missing.
                case LaunchctlFailure.None when !print.OutputTruncated && Parse(desired, print.StandardOutput) is { } job:
                    existing.Add(domain);
                    loaded.Add(new LoadedJob(domain, job));
                    break;
                case LaunchctlFailure.NotLoaded:
                    existing.Add(domain);
                    break;
                case LaunchctlFailure.NoSuchDomain or LaunchctlFailure.UnsupportedByDomain:
                    break;
                default:
                    unanswered = print;
                    break;
            }

        return new JobObservation(loaded.ToImmutable(), existing.ToImmutable(), unanswered);
    }

    /// <summary>Returns the labels in launchd's list of disabled services, and whether each is disabled; null when it
    /// cannot be read.</summary>
    public ImmutableDictionary<string, bool>? ReadDisabledServices(Deadline deadline, CancellationToken cancellationToken) =>
        // A user's domains share one list, so the first domain that exists is enough.
        domains.Select(domain => launchctl.Run(null, ["print-disabled", domain.Name], deadline, cancellationToken))
            .Select(answer => answer.Succeeded ? DisabledServices.TryParse(answer.StandardOutput) : null)
            .FirstOrDefault(services => services is not null);

    // launchd prints values unescaped; the parser recognizes the expected ones, so that none is taken for a field.
    private static PrintedJob? Parse(DesiredService desired, string text) => PrintedJob.TryParse(
        text, ProgramArguments.Create(desired.Definition), LoadedDefinition.DesiredEnvironment(desired));
}

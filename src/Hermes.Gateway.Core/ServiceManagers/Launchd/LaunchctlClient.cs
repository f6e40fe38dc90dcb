using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Runs <c>launchctl</c>. Queries all domains of a scope, because the user's login decides which exist. Callers use only
/// modern verbs: <c>load</c> and <c>unload</c> exit 0 on failure, and <c>list</c> does not see other domains.</summary>
internal sealed class LaunchctlClient(IProcessRunner runner, string launchctl, ImmutableArray<LaunchdDomain> domains)
{
    /// <summary>Runs a verb with its arguments, for at least a second even if the deadline has passed. <paramref name="label"/>
    /// is that of the service that the command concerns; null for none in particular.</summary>
    public CommandResult Run(
        string? label, ImmutableArray<string> arguments, Deadline deadline, CancellationToken cancellationToken) =>
        runner.Run(
            new CommandRequest
            {
                Program = launchctl,
                Arguments = arguments,
                About = label is null ? [] : [label],
                Timeout = deadline.OrAtLeast(TimeSpan.FromSeconds(1)).Remaining,
            },
            cancellationToken);

    public static string Format(params ImmutableArray<string> arguments) => ShellText.Quote(["launchctl", .. arguments]);

    public JobObservation ObserveJob(DesiredService desired, Deadline deadline, CancellationToken cancellationToken)
    {
        var label = desired.Definition.Label;
        var prints = BoundedParallel.Select(
            domains, domains.Length, domain => Run(label, ["print", domain.Target(label)], deadline, cancellationToken));

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

    /// <summary>Returns launchd's list of disabled services, with whether each label is disabled; null when unknown.</summary>
    public ImmutableDictionary<string, bool>? ReadDisabledServices(Deadline deadline, CancellationToken cancellationToken) =>
        // A user's domains share one list, so the first domain that exists is enough.
        domains.Select(domain => Run(null, ["print-disabled", domain.Name], deadline, cancellationToken))
            .Select(answer => answer.Succeeded ? DisabledServices.TryParse(answer.StandardOutput) : null)
            .FirstOrDefault(services => services is not null);

    // launchd prints values unescaped; the parser recognizes the expected ones, so that none is taken for a field.
    private static PrintedJob? Parse(DesiredService desired, string text) => PrintedJob.TryParse(
        text, ProgramArguments.Create(desired.Definition), LoadedDefinition.DesiredEnvironment(desired));
}

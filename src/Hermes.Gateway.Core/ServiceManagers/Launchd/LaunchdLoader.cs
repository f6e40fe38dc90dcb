using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Makes launchd read a definition: <c>bootout</c> of the copy that it holds, then <c>bootstrap</c>. Nothing
/// else makes it read the file again; <c>kickstart -k</c> runs the copy.</summary>
internal sealed class LaunchdLoader(
    LaunchctlClient launchctl, LaunchdProbe probe, LaunchdUnloader unloader, uint owner, string home)
{
    private const int MostAttempts = 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CancellationGrace = TimeSpan.FromSeconds(5);
    // An exit status 5 without any visible cause is usually a teardown out of sight, of some seconds (facts of the field).
    private static readonly TimeSpan LongestPuzzle = TimeSpan.FromSeconds(15);

    /// <summary>Loads the definition on disk in place of what is held.</summary>
    /// <param name="desired">The service.</param>
    /// <param name="seen">What launchd held when it was last asked.</param>
    /// <param name="deadline">When all of it must have ended.</param>
    /// <param name="cancellationToken">Stops it; a job that was unloaded by then stays so.</param>
    /// <returns>How it went, and the domain that holds the job now; null when none does.</returns>
    public (StepResult Result, LaunchdDomain? Domain) Load(
        DesiredService desired, JobSighting seen, Deadline deadline, CancellationToken cancellationToken)
    {
        // Whatever would make the loading fail is found out before anything that runs is ended for it.
        if (LaunchdLogs.FindProblem(desired, home) is { } unusable)
            return Failed(DiagnosticCatalog.LogUnusable.Error(
                $"launchd could not start {desired.Definition.Label}, because its log cannot be opened: {unusable}",
                $"ls -ld {ShellText.Quote([Path.GetDirectoryName(LaunchdLogs.OutputOf(desired))!])}"));
        if (seen.Domains.IsEmpty) return Failed(LaunchdFindings.NoDomain(LaunchdDomain.Of(desired.Definition.Scope, owner)));
        var sessions = PlistLint.SessionTypesOf(desired.DefinitionPath);
        var domains = seen.Domains
            .Where(domain => desired.Definition.Scope == ServiceScope.System || sessions.Contains(domain.SessionType))
            .ToImmutableArray();
        if (domains.IsEmpty)
            return Failed(LaunchdFindings.WrongSession(desired, seen.Domains, string.Join(" or ", sessions)));

        return unloader.Unload(desired, seen, deadline, cancellationToken) is { } finding
            ? Failed(finding)
            : Bootstrap(desired, domains, deadline, cancellationToken);
    }

    private (StepResult Result, LaunchdDomain? Domain) Bootstrap(
        DesiredService desired, ImmutableArray<LaunchdDomain> domains, Deadline deadline, CancellationToken cancellationToken)
    {
        var puzzle = deadline.Within(LongestPuzzle);
        // What ran was unloaded for this: a cancellation now would leave nothing running, so it lets an attempt end.
        using var afterwards = new CancellationTokenSource();
        using var cancellation = cancellationToken.Register(() => afterwards.CancelAfter(CancellationGrace));
        var (next, backoff) = (0, new Backoff(FirstPause, LongestPause));
        for (var attempt = 1; ; attempt++)
        {
            var domain = domains[next];
            var bootstrap = launchctl.RunFor(
                desired.Definition.Label, ["bootstrap", domain.Name, desired.DefinitionPath], deadline, afterwards.Token);
            if (bootstrap.Succeeded) return (StepResult.Done, domain);
            cancellationToken.ThrowIfCancellationRequested();
            if (bootstrap.End == CommandEnd.NotStarted) return Failed(LaunchdFindings.Unanswered(bootstrap));

            // A failure is provisional: it is reported for jobs that were loaded all the same, and for ones still going.
            var now = probe.Look(desired, deadline, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (now.Found is { IsEnding: false } held && IsWanted(desired, held)) return (StepResult.Done, held.Domain);
            if (now.Found is not null)
            {
                if (unloader.Unload(desired, now, deadline, cancellationToken) is { } finding) return Failed(finding);
            }
            else
            {
                var cause = LaunchdError.CauseOf("bootstrap", bootstrap);
                if (cause is LaunchdCause.NoSuchDomain or LaunchdCause.WrongDomain && next + 1 < domains.Length)
                {
                    next++;
                    continue;
                }

                if (Explain(desired, domain, bootstrap, cause, deadline, cancellationToken) is { } reason)
                    return Failed(reason);
            }

            if (puzzle.HasPassed || attempt == MostAttempts) return Failed(Unexplained(desired, bootstrap, domain, attempt));
            deadline.Pause(backoff.Next(), cancellationToken);
        }
    }

    /// <summary>Tells apart what launchd answers alike; null when nothing speaks against trying again.</summary>
    private Finding? Explain(
        DesiredService desired, LaunchdDomain domain, CommandResult bootstrap, LaunchdCause cause, Deadline deadline,
        CancellationToken cancellationToken)
    {
        switch (cause)
        {
            case LaunchdCause.Disabled:
                return LaunchdFindings.Disabled(desired, domain);
            case LaunchdCause.InvalidDefinition or LaunchdCause.BadOwnership:
                return LaunchdFindings.Rejected(
                    desired, PlistLint.FindProblem(desired, owner) ?? LaunchdFindings.Evidence(bootstrap));
            case LaunchdCause.WrongSession:
                return LaunchdFindings.WrongSession(
                    desired, [domain], string.Join(" or ", PlistLint.SessionTypesOf(desired.DefinitionPath)));
            case LaunchdCause.NoSuchDomain or LaunchdCause.WrongDomain or LaunchdCause.DomainTearingDown
                or LaunchdCause.Protected or LaunchdCause.NotPermitted or LaunchdCause.OnDemandOnly or LaunchdCause.Usage:
                return LaunchdFindings.Failed(desired, bootstrap, domain);
        }

        if (PlistLint.FindProblem(desired, owner) is { } problem) return LaunchdFindings.Rejected(desired, problem);
        var overrides = probe.ReadOverrides(deadline, cancellationToken);
        return overrides?.GetValueOrDefault(desired.Definition.Label) == true
            ? LaunchdFindings.Disabled(desired, domain)
            : null;
    }

    private static Finding Unexplained(DesiredService desired, CommandResult bootstrap, LaunchdDomain domain, int attempts)
    {
        var finding = LaunchdFindings.Failed(desired, bootstrap, domain);
        return finding with
        {
            Message = $"{finding.Message} It was tried {attempts} times. The definition is sound, its owner and mode are right, "
                + $"{desired.Definition.Label} is not disabled, and {domain} exists; launchd does not say more. "
                + "Until it is loaded, nothing of it runs.",
            // To root, launchctl gives launchd's own reason.
            Advice = $"sudo {LaunchctlClient.Show("bootstrap", domain.Name, desired.DefinitionPath)}",
        };
    }

    private static bool IsWanted(DesiredService desired, LoadedJob job) =>
        Stamp.TryParse(job.Job.Environment.GetValueOrDefault(Stamp.Variable)) == desired.Stamp;

    private static (StepResult, LaunchdDomain?) Failed(Finding finding) => (new StepResult(StepStatus.Failed, finding), null);
}

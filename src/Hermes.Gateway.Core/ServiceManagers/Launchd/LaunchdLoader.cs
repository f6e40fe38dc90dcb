using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Loads and unloads jobs. Only <c>bootout</c> and <c>bootstrap</c> make launchd read a changed definition;
/// <c>kickstart -k</c> starts its copy.</summary>
internal sealed class LaunchdLoader(LaunchctlClient launchctl, uint owner, string home)
{
    private const int MaxAttempts = 20;
    private const int MaxUnloadRequests = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstUnloadPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestUnloadPause = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan CancellationGrace = TimeSpan.FromSeconds(5);
    // Exit status 5 without another visible cause usually means that an earlier job still terminates, which typically takes
    // 3 to 5 s (GitHub issue headroomlabs-ai/headroom#1289).
    private static readonly TimeSpan MaxRetryTime = TimeSpan.FromSeconds(15);

    /// <summary>Loads the definition on disk in place of the loaded job, and returns the domain that holds the job, null when
    /// none does. A cancellation leaves a job that was already unloaded unloaded.</summary>
    public (StepResult Result, LaunchdDomain? Domain) Load(
        DesiredService desired, JobObservation observed, Deadline deadline, CancellationToken cancellationToken)
    {
        // These problems are found before the running process is ended.
        if (LaunchdLogs.EnsureFiles(desired, home) is { } problem)
            return Failed(DiagnosticCatalog.LogUnusable.Error(
                $"launchd could not start {desired.Definition.Label}, because its log cannot be opened: {problem}",
                $"ls -ld {ShellText.Quote([Path.GetDirectoryName(LaunchdLogs.OutputPath(desired))!])}"));
        if (observed.Domains.IsEmpty)
            return Failed(LaunchdFindings.NoDomain(LaunchdDomain.Of(desired.Definition.Scope, owner)));
        var sessions = PlistAcceptance.ReadSessionTypes(desired.DefinitionPath);
        var domains = observed.Domains
            .Where(domain => desired.Definition.Scope == ServiceScope.System || sessions.Contains(domain.SessionType))
            .ToImmutableArray();
        if (domains.IsEmpty) return Failed(LaunchdFindings.WrongSession(desired, observed.Domains, sessions));

        return Unload(desired, observed, deadline, cancellationToken) is { } finding
            ? Failed(finding)
            : Bootstrap(desired, domains, deadline, cancellationToken);
    }

    /// <summary>Unloads a job from every domain that holds it, and waits until its label and its process are gone: <c>bootout</c>
    /// returns before that, and until then no job of the same label can be loaded. Returns null on success.</summary>
    public Finding? Unload(
        DesiredService desired, JobObservation observed, Deadline deadline, CancellationToken cancellationToken) =>
        observed.Loaded.Select(job => Unload(desired, job, deadline, cancellationToken)).FirstOrDefault(finding => finding is not null);

    private (StepResult Result, LaunchdDomain? Domain) Bootstrap(
        DesiredService desired, ImmutableArray<LaunchdDomain> domains, Deadline deadline, CancellationToken cancellationToken)
    {
        var retryDeadline = deadline.Within(MaxRetryTime);
        // The job has been unloaded: a cancelled attempt may still end, so that the service is not left without a process.
        using var afterwards = new CancellationTokenSource();
        using var cancellation = cancellationToken.Register(() => afterwards.CancelAfter(CancellationGrace));
        var (next, backoff) = (0, new Backoff(FirstPause, LongestPause));
        for (var attempt = 1; ; attempt++)
        {
            var domain = domains[next];
            var bootstrap = launchctl.Run(
                desired.Definition.Label, ["bootstrap", domain.Name, desired.DefinitionPath], deadline, afterwards.Token);
            if (bootstrap.Succeeded) return (StepResult.Done, domain);
            cancellationToken.ThrowIfCancellationRequested();
            if (bootstrap.End == CommandEnd.NotStarted) return Failed(LaunchdFindings.Unanswered(bootstrap));

            // A failure is provisional: bootstrap can exit with 5 although it has loaded the job.
            var now = launchctl.ObserveJob(desired, deadline, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (now.Job is { IsTerminating: false } loaded && HasDesiredStamp(desired, loaded))
                return (StepResult.Done, loaded.Domain);
            if (now.Job is not null)
            {
                if (Unload(desired, now, deadline, cancellationToken) is { } finding) return Failed(finding);
            }
            else
            {
                var failure = LaunchctlErrors.Classify("bootstrap", bootstrap);
                if (failure is LaunchctlFailure.NoSuchDomain or LaunchctlFailure.UnsupportedByDomain && next + 1 < domains.Length)
                {
                    next++;
                    continue;
                }

                if (Diagnose(desired, domain, bootstrap, failure, deadline, cancellationToken) is { } reason) return Failed(reason);
            }

            if (retryDeadline.HasPassed || attempt == MaxAttempts) return Failed(Unexplained(desired, bootstrap, domain, attempt));
            deadline.Pause(backoff.Next(), cancellationToken);
        }
    }

    /// <summary>Finds the reason of a failed <c>bootstrap</c>; returns null when another attempt may succeed.</summary>
    private Finding? Diagnose(
        DesiredService desired, LaunchdDomain domain, CommandResult bootstrap, LaunchctlFailure failure, Deadline deadline,
        CancellationToken cancellationToken)
    {
        switch (failure)
        {
            case LaunchctlFailure.Disabled:
                return LaunchdFindings.Disabled(desired, domain);
            case LaunchctlFailure.InvalidDefinition or LaunchctlFailure.BadOwnership:
                return LaunchdFindings.Rejected(
                    desired, PlistAcceptance.FindProblem(desired, owner) ?? LaunchdFindings.DescribeFailure(bootstrap));
            case LaunchctlFailure.WrongSession:
                return LaunchdFindings.WrongSession(desired, [domain], PlistAcceptance.ReadSessionTypes(desired.DefinitionPath));
            case LaunchctlFailure.NoSuchDomain or LaunchctlFailure.UnsupportedByDomain or LaunchctlFailure.DomainTearingDown
                or LaunchctlFailure.Protected or LaunchctlFailure.NotPermitted or LaunchctlFailure.OnDemandOnly
                or LaunchctlFailure.Usage:
                return LaunchdFindings.Failed(desired, bootstrap, domain);
        }

        if (PlistAcceptance.FindProblem(desired, owner) is { } problem) return LaunchdFindings.Rejected(desired, problem);
        return launchctl.ReadDisabledServices(deadline, cancellationToken)?.GetValueOrDefault(desired.Definition.Label) == true
            ? LaunchdFindings.Disabled(desired, domain)
            : null;
    }

    private Finding? Unload(DesiredService desired, LoadedJob job, Deadline deadline, CancellationToken cancellationToken)
    {
        var firstProcess = job.Job.ProcessId;
        var requests = 0;
        var backoff = new Backoff(FirstUnloadPause, LongestUnloadPause);
        CommandResult? failed = null;
        while (true)
        {
            // The request is repeated only when launchd has ignored it.
            if (requests == 0 || !job.IsTerminating)
            {
                if (requests == MaxUnloadRequests)
                    return failed is null
                        ? LaunchdFindings.IgnoredUnload(desired, job, requests)
                        : LaunchdFindings.Failed(desired, failed, job.Domain);
                requests++;
                var bootout = launchctl.Run(
                    desired.Definition.Label, ["bootout", job.Domain.Target(desired.Definition.Label)], deadline, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                if (IsFinal(LaunchctlErrors.Classify("bootout", bootout)) || bootout.End == CommandEnd.NotStarted)
                    return LaunchdFindings.Failed(desired, bootout, job.Domain);
                failed = bootout.Succeeded ? null : bootout;
            }

            // The end of the process interrupts the pause; launchd removes the label some time after it.
            int[] living = job.Job.ProcessId is { } process && IsAlive(process) ? [process] : [];
            ProcessWatch.WaitForAnyEnd(living, deadline.Within(backoff.Next()), cancellationToken);
            var now = launchctl.ObserveJob(desired, deadline, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (now.Loaded.FirstOrDefault(loaded => loaded.Domain == job.Domain) is { } still) job = still;
            else if (now.Unanswered is null && !IsAlive(firstProcess)) return null;
            if (deadline.HasPassed)
                return LaunchdFindings.StillTerminating(desired, job, isInstalled: File.Exists(desired.DefinitionPath));
        }
    }

    private static bool IsFinal(LaunchctlFailure failure) => failure
        is LaunchctlFailure.NotPermitted or LaunchctlFailure.Protected or LaunchctlFailure.Usage
        or LaunchctlFailure.NoSuchDomain or LaunchctlFailure.UnsupportedByDomain;

    private static bool IsAlive(int? process) => process is { } id && NativeMethods.ProcessExists(id);

    private static Finding Unexplained(DesiredService desired, CommandResult bootstrap, LaunchdDomain domain, int attempts)
    {
        var finding = LaunchdFindings.Failed(desired, bootstrap, domain);
        return finding with
        {
            Message = $"{finding.Message} It was tried {attempts} times. The definition is sound, its owner and mode are right, "
                + $"{desired.Definition.Label} is not disabled, and {domain} exists; launchd does not say more. "
                + "Until it is loaded, nothing of it runs.",
            // Only to root, launchctl prints launchd's own reason.
            Advice = $"sudo {LaunchctlClient.Format("bootstrap", domain.Name, desired.DefinitionPath)}",
        };
    }

    private static bool HasDesiredStamp(DesiredService desired, LoadedJob job) =>
        Stamp.TryParse(job.Job.Environment.GetValueOrDefault(Stamp.Variable)) == desired.Stamp;

    private static (StepResult, LaunchdDomain?) Failed(Finding finding) => (new StepResult(StepStatus.Failed, finding), null);
}

using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Makes launchd forget a job. <c>bootout</c> returns at once: the job stays listed, and its process alive,
/// until the program has ended or launchd has killed it; before that nothing of the same label can be loaded.</summary>
internal sealed class LaunchdUnloader(LaunchctlClient launchctl, LaunchdProbe probe)
{
    private const int MostRequests = 3;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(800);

    /// <summary>Unloads a job from every domain that holds it, and waits until its label and its process are gone.</summary>
    /// <returns>Why it is not gone; null when it is.</returns>
    public Finding? Unload(
        DesiredService desired, JobSighting seen, Deadline deadline, CancellationToken cancellationToken)
    {
        foreach (var job in seen.Loaded)
            if (Unload(desired, job, deadline, cancellationToken) is { } finding) return finding;
        return null;
    }

    private Finding? Unload(
        DesiredService desired, LoadedJob job, Deadline deadline, CancellationToken cancellationToken)
    {
        var (first, requests) = (job, 0);
        var backoff = new Backoff(ShortestWait, LongestWait);
        CommandResult? refusal = null;
        while (true)
        {
            // One request is enough, unless launchd took no notice of it.
            if (requests == 0 || !job.IsEnding)
            {
                if (requests == MostRequests)
                    return refusal is null
                        ? LaunchdFindings.Ignored(desired, job, requests)
                        : LaunchdFindings.Failed(desired, refusal, job.Domain);
                requests++;
                var bootout = launchctl.RunFor(
                    desired.Definition.Label, ["bootout", job.Domain.Target(desired.Definition.Label)], deadline, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                if (IsFinal(LaunchdError.CauseOf("bootout", bootout)) || bootout.End == CommandEnd.NotStarted)
                    return LaunchdFindings.Failed(desired, bootout, job.Domain);
                refusal = bootout.Succeeded ? null : bootout;
            }

            // The end of the process is seen for nothing; what comes after it has to be asked for, at intervals.
            ProcessWatch.WaitForAnyEnd(
                job.Job.ProcessId is { } process && IsAlive(process) ? [process] : [],
                deadline.Within(backoff.Next()),
                cancellationToken);
            var now = probe.Look(desired, deadline, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (now.Loaded.FirstOrDefault(loaded => loaded.Domain == job.Domain) is { } still)
                job = still;
            else if (now.Unanswered is null && !IsAlive(first.Job.ProcessId))
                return null;
            if (deadline.HasPassed) return LaunchdFindings.ShuttingDown(desired, job, IsInstalled(desired));
        }
    }

    private static bool IsFinal(LaunchdCause cause) => cause
        is LaunchdCause.NotPermitted or LaunchdCause.Protected or LaunchdCause.Usage
        or LaunchdCause.NoSuchDomain or LaunchdCause.WrongDomain;

    private static bool IsAlive(int? process) => process is { } id && NativeMethods.ProcessExists(id);

    private static bool IsInstalled(DesiredService desired) => File.Exists(desired.DefinitionPath);
}

using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>A job that a domain holds.</summary>
internal sealed record LoadedJob(LaunchdDomain Domain, PrintedJob Job)
{
    /// <summary>True while launchd unloads the job or replaces its process; it is listed until the process has ended.</summary>
    public bool IsTerminating => Job.State == "SIGTERMed";
}

/// <summary>The answers of all domains about one label at one moment, the preferred domain first.</summary>
/// <param name="Loaded">The job in each domain that holds it.</param>
/// <param name="Domains">The domains that exist.</param>
/// <param name="Unanswered">A call that was not answered, which makes the absence of the job unknown; null when all were.</param>
internal sealed record JobObservation(
    ImmutableArray<LoadedJob> Loaded, ImmutableArray<LaunchdDomain> Domains, CommandResult? Unanswered)
{
    public LoadedJob? Job => Loaded.FirstOrDefault();

    /// <summary>The domain that holds the job, else the one into which it would be loaded; null when none exists.</summary>
    public LaunchdDomain? Domain => Job?.Domain ?? Domains.FirstOrDefault();
}

/// <summary>A requested start: its value of launchd's run counter, and the lengths of both logs before it, in bytes.</summary>
internal sealed record RequestedStart(int Run, long OutputLength, long ErrorLength);

using System.Collections.Immutable;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>A job as one domain holds it.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Job">What it tells.</param>
internal sealed record LoadedJob(LaunchdDomain Domain, PrintedJob Job)
{
    /// <summary>launchd's word for a job that it is unloading: listed until its process has ended.</summary>
    private const string Terminating = "SIGTERMed";

    /// <summary>It is being unloaded, or its process is being replaced.</summary>
    public bool IsEnding => Job.State == Terminating;
}

/// <summary>What launchd told of one label at one moment.</summary>
/// <param name="Loaded">The domains that hold it, the preferred one first.</param>
/// <param name="Domains">The domains that exist, the preferred one first.</param>
/// <param name="Unanswered">The call whose answer is missing, so that not finding the job means nothing; null when all
/// were answered.</param>
internal sealed record JobSighting(
    ImmutableArray<LoadedJob> Loaded, ImmutableArray<LaunchdDomain> Domains, CommandResult? Unanswered)
{
    /// <summary>Nothing is known.</summary>
    public static JobSighting None { get; } = new([], [], null);

    /// <summary>The job; null when no domain is known to hold it.</summary>
    public LoadedJob? Found => Loaded.FirstOrDefault();

    /// <summary>Where the job is, else where it would be loaded; null when there is no such domain.</summary>
    public LaunchdDomain? Home => Found?.Domain ?? Domains.FirstOrDefault();
}

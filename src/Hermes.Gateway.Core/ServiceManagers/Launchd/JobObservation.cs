using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>A job that a domain holds.</summary>
internal sealed record LoadedJob(LaunchdDomain Domain, PrintedJob Job)
{
    /// <summary>True while the job is being unloaded or its process replaced; launchd lists it until the process has
    /// ended.</summary>
    public bool IsTerminating => Job.State == "SIGTERMed";
}

/// <summary>The answers of all domains about one label at one moment, the preferred domain first.</summary>
/// <param name="Loaded">The job in each domain that holds it.</param>
/// <param name="Domains">The domains that exist.</param>
/// <param name="Unanswered">A call that was not answered, which makes the absence of the job unknown; null when all were.</param>
internal sealed record JobObservation(
    ImmutableArray<LoadedJob> Loaded, ImmutableArray<LaunchdDomain> Domains, CommandResult? Unanswered)
{
    public static JobObservation Empty { get; } = new([], [], null);

    public LoadedJob? Job => Loaded.FirstOrDefault();

    /// <summary>The domain that holds the job, else the one into which it would be loaded; null when none exists.</summary>
    public LaunchdDomain? Domain => Job?.Domain ?? Domains.FirstOrDefault();
}

/// <summary>A start that this operation requested.</summary>
/// <param name="Run">The value of launchd's run counter for that start.</param>
/// <param name="OutputLength">The length of the standard output log before it, in bytes.</param>
/// <param name="ErrorLength">The length of the standard error log before it, in bytes.</param>
internal sealed record RequestedStart(int Run, long OutputLength, long ErrorLength);

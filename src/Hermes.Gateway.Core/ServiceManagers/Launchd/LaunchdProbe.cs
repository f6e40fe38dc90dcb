using System.Collections.Immutable;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Asks launchd, and changes nothing. Every domain that could hold a job is asked: which of them exists depends
/// on how the user is logged in, and is never guessed.</summary>
internal sealed class LaunchdProbe(LaunchctlClient launchctl, ImmutableArray<LaunchdDomain> domains)
{
    /// <summary>Looks for one job in all domains.</summary>
    public JobSighting Look(DesiredService desired, Deadline deadline, CancellationToken cancellationToken)
    {
        var label = desired.Definition.Label;
        var prints = BoundedParallel.Select(
            domains, domains.Length, domain => launchctl.Print(domain, label, deadline, cancellationToken));
        return Read(desired, prints);
    }

    /// <summary>Which labels are disabled; null when launchd did not tell.</summary>
    public ImmutableDictionary<string, bool>? ReadOverrides(
        Deadline deadline, CancellationToken cancellationToken)
    {
        // A user's domains share one list, so the first that exists tells it.
        foreach (var domain in domains)
        {
            var answer = launchctl.PrintDisabled(domain, deadline, cancellationToken);
            if (answer.Succeeded && PrintedOverrides.TryParse(answer.StandardOutput) is { } overrides) return overrides;
        }

        return null;
    }

    private JobSighting Read(DesiredService desired, IReadOnlyList<CommandResult> prints)
    {
        var loaded = ImmutableArray.CreateBuilder<LoadedJob>();
        var existing = ImmutableArray.CreateBuilder<LaunchdDomain>();
        CommandResult? unanswered = null;
        foreach (var (domain, print) in domains.Zip(prints))
        {
            switch (LaunchdError.CauseOf("print", print))
            {
                // Of an answer that is too long, the middle is missing.
                case LaunchdCause.None when !print.OutputTruncated && Parse(desired, print.StandardOutput) is { } job:
                    existing.Add(domain);
                    loaded.Add(new LoadedJob(domain, job));
                    break;
                case LaunchdCause.NotLoaded:
                    existing.Add(domain);
                    break;
                case LaunchdCause.NoSuchDomain or LaunchdCause.WrongDomain:
                    break;
                default:
                    unanswered = print;
                    break;
            }
        }

        return new JobSighting(loaded.ToImmutable(), existing.ToImmutable(), unanswered);
    }

    // With what is expected, so that no value of ours, which launchd prints raw, can pass for a field.
    private static PrintedJob? Parse(DesiredService desired, string text) =>
        PrintedJob.TryParse(text, LaunchdPlist.CommandOf(desired.Definition), HeldCopy.EnvironmentOf(desired));
}

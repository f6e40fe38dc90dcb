using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>What launchd's refusals mean, in words, each with the command that leads on.</summary>
internal static class LaunchdFindings
{
    /// <summary>launchd was not, or not understandably, asked.</summary>
    public static Finding Unanswered(CommandResult command) => command.End switch
    {
        CommandEnd.NotStarted => DiagnosticCatalog.ManagerNotFound.Error(
            $"{command.Request.Program} could not be started: {command.StandardError.Trim()}",
            "deploy on macOS, or set HermesGatewayLaunchctlPath (on Linux: HermesGatewayServiceManager=systemd)"),
        CommandEnd.TimedOut => TimedOut(command),
        CommandEnd.Canceled => DiagnosticCatalog.Canceled.Warning("the build was cancelled."),
        _ when command.Succeeded => DiagnosticCatalog.ManagerUnreachable.Error(
            $"{command.CommandLine} answered something that is not understood.", LaunchctlClient.Show("version")),
        _ => DiagnosticCatalog.ManagerUnreachable.Error(
            $"launchd cannot be asked: {command.CommandLine} failed with {Evidence(command)}.", LaunchctlClient.Show("managername")),
    };

    /// <summary>The call did not end.</summary>
    public static Finding TimedOut(CommandResult command) => DiagnosticCatalog.CommandTimedOut.Error(
        $"{command.CommandLine} did not end within {command.Request.Timeout.TotalSeconds:0.#} s and was stopped.",
        LaunchctlClient.Show(command.Request.Arguments is [_, var target, ..] ? ["print", target] : ["managername"]));

    /// <summary>No domain of this scope exists.</summary>
    public static Finding NoDomain(IEnumerable<LaunchdDomain> domains) => DiagnosticCatalog.DomainUnavailable.Error(
        $"launchd has no domain for this user ({string.Join(", ", domains)}), so nothing can be loaded.",
        "log in at the screen or over ssh as this user (not with sudo), or set HermesGatewayScope=system");

    /// <summary>The service was disabled.</summary>
    public static Finding Disabled(DesiredService desired, LaunchdDomain domain) => DiagnosticCatalog.ServiceDisabled.Error(
        $"{desired.Definition.Label} is disabled in {domain} (by launchctl disable, or in the Login Items settings): "
        + "launchd refuses to load it until it is enabled, which a deploy, a start or a restart does.",
        LaunchctlClient.Show("enable", domain.Target(desired.Definition.Label)));

    /// <summary>No domain that exists is allowed by the definition.</summary>
    public static Finding WrongSession(DesiredService desired, IEnumerable<LaunchdDomain> domains, string allowed) =>
        DiagnosticCatalog.WrongSession.Error(
            $"{desired.Definition.Label} may be loaded only into sessions of type {allowed} (LimitLoadToSessionType in "
            + $"{desired.DefinitionPath}), and of launchd's domains only {string.Join(", ", domains)} exists.",
            $"log in at the screen, or add {string.Join(" and ", domains.Select(domain => domain.SessionType))} to "
            + $"LimitLoadToSessionType in {ShellText.Quote([desired.DefinitionPath])}");

    /// <summary>The definition is not what launchd takes.</summary>
    public static Finding Rejected(DesiredService desired, string why) => DiagnosticCatalog.DefinitionRejected.Error(
        $"launchd refuses {desired.DefinitionPath}: {why}.",
        $"plutil -lint {ShellText.Quote([desired.DefinitionPath])}");

    /// <summary>The process of the definition held so far does not end in time.</summary>
    /// <param name="desired">The service.</param>
    /// <param name="job">The job as last seen.</param>
    /// <param name="isInstalled">Whether a definition is on disk, to be loaded again later.</param>
    public static Finding ShuttingDown(DesiredService desired, LoadedJob job, bool isInstalled)
    {
        var limit = job.Job.ExitTimeoutSeconds is { } seconds
            ? $"launchd kills it {seconds} s after having asked it to end (its ExitTimeOut)"
            : "launchd kills it at the end of its ExitTimeOut";
        var process = job.Job.ProcessId is { } pid ? $"its process (pid {pid}) still runs; {limit}" : "launchd still lists it";
        return DiagnosticCatalog.ShuttingDown.Error(
            $"{desired.Definition.Label} is being unloaded from {job.Domain}, but did not vanish in time: {process}. "
            + (isInstalled
                ? $"Then nothing of it runs, and launchd starts it again only at the next login or boot, from {desired.DefinitionPath}. "
                    + "HermesGatewayTimeoutSeconds must be longer than the program takes to end."
                : "HermesGatewayTimeoutSeconds must be longer than the program takes to end."),
            isInstalled
                ? LaunchctlClient.Show("bootstrap", job.Domain.Name, desired.DefinitionPath)
                : LaunchctlClient.Show("print", job.Domain.Target(desired.Definition.Label)));
    }

    /// <summary>launchctl said that the job is being unloaded, and launchd goes on as if nothing had been asked.</summary>
    public static Finding Ignored(DesiredService desired, LoadedJob job, int requests)
    {
        var target = job.Domain.Target(desired.Definition.Label);
        return DiagnosticCatalog.CommandFailed.Error(
            $"launchctl bootout {target} succeeded {requests} times, and launchd still holds the job ({job.Job.State}"
            + $"{(job.Job.ProcessId is { } pid ? $", pid {pid}" : "")}).",
            LaunchctlClient.Show("print", target));
    }

    /// <summary>Any other failure of a verb.</summary>
    public static Finding Failed(DesiredService desired, CommandResult command, LaunchdDomain domain)
    {
        var next = LaunchctlClient.Show("print", domain.Target(desired.Definition.Label));
        var verb = command.Request.Arguments[0];
        var what = $"{command.CommandLine} failed with {Evidence(command)}";
        return (command.End, LaunchdError.CauseOf(verb, command)) switch
        {
            (CommandEnd.TimedOut, _) => TimedOut(command),
            (CommandEnd.Canceled or CommandEnd.NotStarted, _) => Unanswered(command),
            (_, LaunchdCause.Protected) => DiagnosticCatalog.NotPermitted.Error(
                $"{what}: macOS protects this label or file.", "choose another HermesGatewayLabel"),
            (_, LaunchdCause.NotPermitted) => DiagnosticCatalog.NotPermitted.Error(
                $"{what}: this user may not do that in {domain}.", next),
            (_, LaunchdCause.DomainTearingDown) => DiagnosticCatalog.DomainUnavailable.Error(
                $"{what}: the user is being logged out.", "log in again, then run this again"),
            (_, LaunchdCause.NoSuchDomain or LaunchdCause.WrongDomain) => DiagnosticCatalog.DomainUnavailable.Error(
                $"{what}: {domain} does not serve this session.", LaunchctlClient.Show("managername")),
            (_, LaunchdCause.OnDemandOnly) => DiagnosticCatalog.DomainUnavailable.Error(
                $"{what}: {domain} starts nothing by itself at the moment.", next),
            _ when verb is "kickstart" => DiagnosticCatalog.StartFailed.Error($"{what}.", next),
            _ => DiagnosticCatalog.CommandFailed.Error($"{what}.", next),
        };
    }

    /// <summary>What a failed call said, in one line.</summary>
    public static string Evidence(CommandResult command)
    {
        // Of several lines, the one with the reason comes first; the others say how to get more.
        var text = SecretText.Unknowing.Hide(command.StandardError.Trim().Split('\n')[0].Trim().TrimEnd('.'));
        var code = $"exit {command.ExitCode}";
        if (text.Length > 0) return $"{code} ({text})";
        return command.ExitCode is { } number && LaunchdError.TextOf(number) is { } known ? $"{code} ({known})" : code;
    }
}

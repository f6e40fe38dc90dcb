using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The findings for launchd's failures, each with advice.</summary>
internal static class LaunchdFindings
{
    /// <summary>A query was not answered, or its answer was not understood.</summary>
    public static Finding Unanswered(CommandResult command) => command.End switch
    {
        CommandEnd.NotStarted => DiagnosticCatalog.ManagerNotFound.Error(
            $"{command.Request.Program} could not be started: {command.StandardError.Trim()}",
            "deploy on macOS, or set HermesGatewayLaunchctlPath (on Linux: HermesGatewayServiceManager=systemd)"),
        CommandEnd.TimedOut => TimedOut(command),
        CommandEnd.Canceled => DiagnosticCatalog.Canceled.Warning("the build was cancelled."),
        _ when command.Succeeded => DiagnosticCatalog.ManagerUnreachable.Error(
            $"{command.CommandLine} answered something that is not understood.", LaunchctlClient.Format("version")),
        _ => DiagnosticCatalog.ManagerUnreachable.Error(
            $"launchd cannot be asked: {command.CommandLine} failed with {DescribeFailure(command)}.",
            LaunchctlClient.Format("managername")),
    };

    public static Finding TimedOut(CommandResult command) => DiagnosticCatalog.CommandTimedOut.Error(
        $"{command.CommandLine} did not end within {command.Request.Timeout.TotalSeconds:0.#} s and was stopped.",
        LaunchctlClient.Format(command.Request.Arguments is [_, var target, ..] ? ["print", target] : ["managername"]));

    public static Finding NoDomain(IEnumerable<LaunchdDomain> domains) => DiagnosticCatalog.DomainUnavailable.Error(
        $"launchd has no domain for this user ({string.Join(", ", domains)}), so nothing can be loaded.",
        "log in at the screen or over ssh as this user (not with sudo), or set HermesGatewayScope=system");

    public static Finding Disabled(DesiredService desired, LaunchdDomain domain) => DiagnosticCatalog.ServiceDisabled.Error(
        $"{desired.Definition.Label} is disabled in {domain} (by launchctl disable, or in the Login Items settings): "
        + "launchd refuses to load it until it is enabled, which a deploy, a start or a restart does.",
        LaunchctlClient.Format("enable", domain.Target(desired.Definition.Label)));

    /// <summary>The definition's session types allow none of the existing domains.</summary>
    public static Finding WrongSession(
        DesiredService desired, IEnumerable<LaunchdDomain> domains, IEnumerable<string> sessionTypes) =>
        DiagnosticCatalog.WrongSession.Error(
            $"{desired.Definition.Label} may be loaded only into sessions of type {string.Join(" or ", sessionTypes)} "
            + $"(LimitLoadToSessionType in {desired.DefinitionPath}), and of launchd's domains only "
            + $"{string.Join(", ", domains)} exists.",
            $"log in at the screen, or add {string.Join(" and ", domains.Select(domain => domain.SessionType))} to "
            + $"LimitLoadToSessionType in {ShellText.Quote([desired.DefinitionPath])}");

    public static Finding Rejected(DesiredService desired, string reason) => DiagnosticCatalog.DefinitionRejected.Error(
        $"launchd refuses {desired.DefinitionPath}: {reason}.",
        $"plutil -lint {ShellText.Quote([desired.DefinitionPath])}");

    public static Finding StillTerminating(DesiredService desired, LoadedJob job, bool isInstalled)
    {
        var limit = job.Job.ExitTimeoutSeconds is { } seconds
            ? $"launchd kills it {seconds} s after having asked it to end (its ExitTimeOut)"
            : "launchd kills it at the end of its ExitTimeOut";
        var process = job.Job.ProcessId is { } pid ? $"its process (pid {pid}) still runs; {limit}" : "launchd still lists it";
        return DiagnosticCatalog.ShuttingDown.Error(
            $"{desired.Definition.Label} is being unloaded from {job.Domain}, but did not vanish in time: {process}. "
            + (isInstalled
                ? "Then nothing of it runs, and launchd starts it again only at the next login or boot, "
                    + $"from {desired.DefinitionPath}. "
                : "")
            + "HermesGatewayTimeoutSeconds must be longer than the program takes to end.",
            isInstalled
                ? LaunchctlClient.Format("bootstrap", job.Domain.Name, desired.DefinitionPath)
                : LaunchctlClient.Format("print", job.Domain.Target(desired.Definition.Label)));
    }

    /// <summary><c>launchctl bootout</c> succeeded, but launchd does not unload the job.</summary>
    public static Finding IgnoredUnload(DesiredService desired, LoadedJob job, int requests)
    {
        var target = job.Domain.Target(desired.Definition.Label);
        return DiagnosticCatalog.CommandFailed.Error(
            $"launchctl bootout {target} succeeded {requests} times, and launchd still holds the job ({job.Job.State}"
            + $"{(job.Job.ProcessId is { } pid ? $", pid {pid}" : "")}).",
            LaunchctlClient.Format("print", target));
    }

    public static Finding Failed(DesiredService desired, CommandResult command, LaunchdDomain domain)
    {
        var next = LaunchctlClient.Format("print", domain.Target(desired.Definition.Label));
        var verb = command.Request.Arguments[0];
        var what = $"{command.CommandLine} failed with {DescribeFailure(command)}";
        return (command.End, LaunchctlErrors.Classify(verb, command)) switch
        {
            (CommandEnd.TimedOut, _) => TimedOut(command),
            (CommandEnd.Canceled or CommandEnd.NotStarted, _) => Unanswered(command),
            (_, LaunchctlFailure.Protected) => DiagnosticCatalog.NotPermitted.Error(
                $"{what}: macOS protects this label or file.", "choose another HermesGatewayLabel"),
            (_, LaunchctlFailure.NotPermitted) => DiagnosticCatalog.NotPermitted.Error(
                $"{what}: this user may not do that in {domain}.", next),
            (_, LaunchctlFailure.DomainTearingDown) => DiagnosticCatalog.DomainUnavailable.Error(
                $"{what}: the user is being logged out.", "log in again, then run this again"),
            (_, LaunchctlFailure.NoSuchDomain or LaunchctlFailure.UnsupportedByDomain) =>
                DiagnosticCatalog.DomainUnavailable.Error(
                    $"{what}: {domain} does not serve this session.", LaunchctlClient.Format("managername")),
            (_, LaunchctlFailure.OnDemandOnly) => DiagnosticCatalog.DomainUnavailable.Error(
                $"{what}: {domain} starts nothing by itself at the moment.", next),
            _ when verb is "kickstart" => DiagnosticCatalog.StartFailed.Error($"{what}.", next),
            _ => DiagnosticCatalog.CommandFailed.Error($"{what}.", next),
        };
    }

    public static string DescribeFailure(CommandResult command)
    {
        // The line with the reason comes first.
        var text = SecretText.PatternsOnly.Hide(command.StandardError.Trim().Split('\n')[0].Trim().TrimEnd('.'));
        var code = $"exit {command.ExitCode}";
        if (text.Length > 0) return $"{code} ({text})";
        return command.ExitCode is { } number && LaunchctlErrors.Describe(number) is { } known ? $"{code} ({known})" : code;
    }
}

using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Lingering: the user's manager runs from boot on, and not only while the user is logged in.</summary>
/// <remarks>
/// <c>loginctl enable-linger NAME</c>, measured on 247, 252 and 257. As root: exit 0, without a word, also when it was on
/// already; the manager comes up after the command has ended. As the user itself: likewise where polkit runs, whose
/// default for one's own account is yes; without polkit exit 1 and <c>Could not enable linger: Access denied</c>, also when
/// it was on already. Without NAME and without a session, exit 1: <c>No such device or address</c>.
/// </remarks>
internal sealed class Lingering(HostContext host)
{
    /// <summary>The command as a person would type it.</summary>
    public string Command => ShellText.Quote(["loginctl", "enable-linger", NameOf(host.UserId)]);

    /// <summary>What a person can do about its being off.</summary>
    public string Advice =>
        $"{Command}{(host.IsRoot ? "" : " (with sudo, if it is denied)")}, or set HermesGatewayEnableLinger=true";

    /// <summary>An account's name, which is what <c>loginctl</c> wants to be given; its id when it has none.</summary>
    public static string NameOf(uint userId) =>
        Accounts.Find(userId)?.Name ?? userId.ToString(CultureInfo.InvariantCulture);

    /// <summary>The command to run. Nobody is there to type a password.</summary>
    public CommandRequest Request(TimeSpan timeout) => new()
    {
        Program = host.FindCommand("loginctl", null) ?? "/usr/bin/loginctl",
        Arguments = ["--no-ask-password", "enable-linger", NameOf(host.UserId)],
        Environment = SystemctlClient.Plain,
        Timeout = timeout,
    };

    /// <summary>It exited non-zero: not permitted, or logind does not run.</summary>
    public Finding Refusal(CommandResult result)
    {
        var evidence = SecretText.Unknowing.Hide(result.StandardError.Trim().Split('\n')[0].TrimEnd('.'));
        return DiagnosticCatalog.LingerRefused.Error(
            $"lingering could not be enabled for {NameOf(host.UserId)}: {result.CommandLine} failed with exit "
            + $"{result.ExitCode}{(evidence.Length > 0 ? $": {evidence}" : "")}. Nothing else was tried.",
            host.IsRoot ? "systemctl status systemd-logind.service" : $"sudo {Command}");
    }
}

using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary><c>loginctl enable-linger NAME</c>, after which the user's manager runs from boot on, without a login.</summary>
/// <remarks>Measured on 247, 252 and 257. As root: exit 0 without output, also when it was on already; the manager comes up after
/// the command has ended. As the user itself: the same where polkit runs, whose default for one's own account is yes; without
/// polkit exit 1 and <c>Could not enable linger: Access denied</c>, also when it was on already. Without NAME and without a
/// session exit 1: <c>No such device or address</c>.</remarks>
internal sealed class LingerCommand(HostContext host)
{
    /// <summary>The command as a person would type it.</summary>
    public string Text => ShellText.Quote(["loginctl", "enable-linger", AccountName(host.UserId)]);

    /// <summary>The advice for a user whose linger is off.</summary>
    public string Advice => $"{Text}{(host.IsRoot ? "" : " (with sudo, if it is denied)")}, or set HermesGatewayEnableLinger=true";

    /// <summary>Returns an account's name; its id when it has none.</summary>
    public static string AccountName(uint userId) => Accounts.Find(userId)?.Name ?? $"{userId}";

    public CommandRequest Request(TimeSpan timeout) => new()
    {
        Program = host.FindCommand("loginctl", null) ?? "/usr/bin/loginctl",
        Arguments = ["--no-ask-password", "enable-linger", AccountName(host.UserId)],
        Environment = SystemctlClient.PlainEnvironment,
        Timeout = timeout,
    };

    /// <summary>Makes the finding for a non-zero exit: it is not permitted, or logind does not run.</summary>
    public Finding MakeRefusal(CommandResult result)
    {
        var evidence = SecretText.PatternsOnly.Hide(result.StandardError.Trim().Split('\n')[0].TrimEnd('.'));
        return DiagnosticCatalog.LingerRefused.Error(
            $"lingering could not be enabled for {AccountName(host.UserId)}: {result.CommandLine} failed with exit "
            + $"{result.ExitCode}{(evidence.Length > 0 ? $": {evidence}" : "")}. Nothing else was tried.",
            host.IsRoot ? "systemctl status systemd-logind.service" : $"sudo {Text}");
    }
}

using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Locates the systemd user manager of the caller (<c>user@UID.service</c>) by the sockets in its runtime folder, or reports
/// why <c>systemctl --user</c> cannot reach it. Reads files only and runs no command.</summary>
internal sealed class UserManager(HostContext host)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    // On an idle machine the socket is there 0.1 s after linger was enabled (measured on 247 and 252); a boot takes longer.
    private static readonly TimeSpan StartupTimeout = TimeSpan.FromSeconds(3);

    private readonly LingerCommand _linger = new(host);
    private bool _hasWaited;

    /// <summary>Whether systemd runs this machine (sd_booted(3)).</summary>
    public bool IsBooted => Directory.Exists(host.Systemd.BootedFolder);

    /// <summary>The value of <c>XDG_RUNTIME_DIR</c> with which <c>systemctl --user</c> reaches the caller's user manager; null if
    /// the manager has no socket. The caller's own variable can name the folder of another user (<c>sudo -E</c>, <c>su</c>) or be
    /// unset (<c>su</c>, cron, ssh without PAM).</summary>
    public string? RuntimeFolder => new[] { host.RuntimeDirectory, DefaultFolder }.FirstOrDefault(IsUsable);

    private string DefaultFolder => Path.Combine(host.Systemd.RuntimeFolders, $"{host.UserId}");

    /// <summary>Returns why the user manager cannot be reached; null if it can. The first call waits for the manager of a user with
    /// linger, which may be starting.</summary>
    public Finding? FindUnreachableReason(Deadline deadline, CancellationToken cancellationToken)
    {
        if (RuntimeFolder is not null) return null;
        if (host.Lingers == true && !_hasWaited) WaitForSocket(deadline.Within(StartupTimeout), cancellationToken);
        return RuntimeFolder is null ? MakeUnreachable("there is no socket of it") : null;
    }

    /// <summary>Makes the finding for a failed connection. A manager that has ended leaves its sockets until its runtime folder is
    /// removed (measured: a moment later on 252; on 257 later or never).</summary>
    public Finding MakeNotListening() =>
        MakeUnreachable(RuntimeFolder is null ? "there is no socket of it" : "nobody listens at its socket");

    /// <summary>Waits until the manager has a socket, or the deadline has passed.</summary>
    public void WaitForSocket(Deadline deadline, CancellationToken cancellationToken)
    {
        _hasWaited = true;
        deadline.PollUntil(() => RuntimeFolder is not null, PollInterval, cancellationToken);
    }

    private Finding MakeUnreachable(string evidence)
    {
        var user = LingerCommand.AccountName(host.UserId);
        var advice = host.Lingers == true ? $"systemctl status user@{host.UserId}.service" : _linger.Advice;
        if (host.RuntimeDirectory is { } given && FileEntry.OwnerOf(given) is { } owner && owner != host.UserId)
            return DiagnosticCatalog.ForeignRuntimeFolder.Error(
                $"XDG_RUNTIME_DIR is {given}, which belongs to {LingerCommand.AccountName(owner)}, and {user} has no manager of its "
                + $"own in {DefaultFolder}. The manager of another user is not used.",
                $"run this as {LingerCommand.AccountName(owner)}, if that user's services are meant; else {advice}");
        var notRunning = $"the service manager of {user} is not running: this user is not logged in (su and sudo are no login), and ";
        return DiagnosticCatalog.UserManagerNotRunning.Error(
            host.Lingers switch
            {
                true => $"the service manager of {user} should run without a login, but {evidence} in {DefaultFolder}.",
                false => notRunning + "lingering is off.",
                null => notRunning + "whether lingering is on is not known.",
            },
            advice);
    }

    // systemctl uses either socket (measured on 252). A folder whose owner cannot be found out is taken for this user's.
    private bool IsUsable(string? folder) =>
        folder is not null
        && (File.Exists(Path.Combine(folder, "systemd", "private")) || File.Exists(Path.Combine(folder, "bus")))
        && (FileEntry.OwnerOf(folder) ?? host.UserId) == host.UserId;
}

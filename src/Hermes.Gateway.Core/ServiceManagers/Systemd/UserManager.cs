using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>
/// The way to a user's own manager: the runtime folder that holds its socket, and what to say when there is none. Only
/// files are asked, so that all of it is known before anything is spawned.
/// </summary>
internal sealed class UserManager(HostContext host)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    // It takes 0.1 s from lingering on to its socket where nothing else is to do (measured on 247 and 252); a machine that
    // is just booting has more to do.
    private static readonly TimeSpan TimeToComeUp = TimeSpan.FromSeconds(3);

    private readonly Lingering _lingering = new(host);
    private bool _isAwaited;

    /// <summary>Whether systemd runs this machine, told as sd_booted(3) does. Where it does not, there is no manager to
    /// look for.</summary>
    public bool IsBooted => Directory.Exists(host.BootedFolder);

    /// <summary>The runtime folder through which this user's manager can be asked; null when there is none.</summary>
    /// <remarks>The caller's own, if it is this user's: <c>sudo -E</c> and <c>su</c> keep that of the user before. Without
    /// it (su, cron, ssh without PAM) the manager may still be in the usual place.</remarks>
    public string? Folder => IsWay(host.RuntimeDirectory) ? host.RuntimeDirectory : IsWay(Usual) ? Usual : null;

    private string Usual => Path.Combine(host.RuntimeFolders, $"{host.UserId}");

    /// <summary>Why this user's manager cannot be asked; null when it can. Waits for one that should be coming up.</summary>
    public Finding? FindObstacle(Deadline deadline, CancellationToken cancellationToken)
    {
        if (Folder is not null) return null;
        if (host.Lingers == true && !_isAwaited)
            Wait(deadline.Within(TimeToComeUp), cancellationToken);
        return Folder is null ? Obstacle("there is no socket of it") : null;
    }

    /// <summary>Why nobody answers although there is a socket: a manager that has ended leaves its sockets behind, until its
    /// runtime folder goes (measured: on 252 a moment later, on 257 it stays).</summary>
    public Finding Ended() => Obstacle("nobody listens at its socket");

    /// <summary>Waits until the manager can be asked, or the deadline has passed.</summary>
    public void Wait(Deadline deadline, CancellationToken cancellationToken)
    {
        // Once: who did not come up in that time is not waited for again at every look.
        _isAwaited = true;
        deadline.PollUntil(() => Folder is not null, PollInterval, cancellationToken);
    }

    private Finding Obstacle(string evidence)
    {
        var (user, advice) = (Lingering.NameOf(host.UserId), host.Lingers == true
            ? $"systemctl status user@{host.UserId}.service"
            : _lingering.Advice);
        if (host.RuntimeDirectory is { } given && FileEntry.OwnerOf(given) is { } owner && owner != host.UserId)
            return DiagnosticCatalog.ForeignRuntimeFolder.Error(
                $"XDG_RUNTIME_DIR is {given}, which belongs to {Lingering.NameOf(owner)}, and {user} has no manager of its own in "
                + $"{Usual}. The manager of another user is not used.",
                $"run this as {Lingering.NameOf(owner)}, if that user's services are meant; else {advice}");
        return DiagnosticCatalog.UserManagerNotRunning.Error(
            host.Lingers switch
            {
                true => $"the service manager of {user} should run without a login, but {evidence} in {Usual}.",
                false => $"the service manager of {user} is not running: this user is not logged in (su and sudo are no login), "
                    + "and lingering is off.",
                _ => $"the service manager of {user} is not running: this user is not logged in (su and sudo are no login), and "
                    + "whether lingering is on is not known.",
            },
            advice);
    }

    // Either socket will do (measured on 252). An owner that cannot be found out is not held against the folder.
    private bool IsWay(string? folder) =>
        folder is not null
        && (File.Exists(Path.Combine(folder, "systemd", "private")) || File.Exists(Path.Combine(folder, "bus")))
        && (FileEntry.OwnerOf(folder) ?? host.UserId) == host.UserId;
}

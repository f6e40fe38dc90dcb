namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>When systemd counts the service as started (<c>Type=</c>, systemd.service(5)).</summary>
internal enum SystemdServiceType
{
    /// <summary>When the program has been executed: a missing binary fails the start at once.</summary>
    Exec,

    /// <summary>When the program says READY=1 on its notification socket.</summary>
    Notify,

    /// <summary>As soon as the process is forked; exit 0 of a start then proves nothing.</summary>
    Simple,
}

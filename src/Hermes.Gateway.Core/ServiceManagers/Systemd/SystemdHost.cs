using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>The facts about a machine and a caller that only systemd needs.</summary>
internal sealed record SystemdHost
{
    /// <summary>Where systemd-logind keeps the users' runtime folders, one for each, by user id.</summary>
    public string RuntimeFolders { get; init; } = "/run/user";

    /// <summary>Exists exactly when systemd runs the machine: sd_booted(3).</summary>
    public string BootedFolder { get; init; } = "/run/systemd/system";

    /// <summary>Where systemd-logind records the users with lingering enabled: one file for each, by name.</summary>
    public string LingerFolder { get; init; } = "/var/lib/systemd/linger";

    /// <summary>Where systemd looks for the units of the machine, highest precedence first.</summary>
    public IReadOnlyList<string> SystemUnitFolders { get; init; } =
    [
        "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
        "/lib/systemd/system",
    ];

    /// <summary>Where systemd looks for units of all users, beside the folders in their homes, highest precedence first.</summary>
    public IReadOnlyList<string> UserUnitFolders { get; init; } =
    [
        "/etc/xdg/systemd/user", "/etc/systemd/user", "/run/systemd/user", "/usr/local/share/systemd/user",
        "/usr/share/systemd/user", "/usr/local/lib/systemd/user", "/usr/lib/systemd/user",
    ];

    /// <summary>The control groups that this process is in, one for each hierarchy: <c>/system.slice/x.service</c>.</summary>
    public IReadOnlyList<string> ControlGroups { get; init; } = [];

    /// <summary>Adds the facts about this process to <paramref name="host"/>, unless it has such facts already.</summary>
    public static HostContext Resolve(HostContext host) => host.FindFacts<SystemdHost>() is null
        ? host.WithFacts(new SystemdHost { ControlGroups = ReadControlGroups() })
        : host;

    // cgroups(7): "hierarchy:controllers:path".
    private static string[] ReadControlGroups() =>
    [
        .. (FileErrors.Ignore(fallback: null, () => File.ReadAllLines("/proc/self/cgroup")) ?? [])
            .Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).Select(parts => parts[2]).Distinct(),
    ];
}

/// <summary>Reads systemd's facts from a <see cref="HostContext"/>.</summary>
internal static class SystemdHostFacts
{
    private static readonly SystemdHost Defaults = new();

    extension(HostContext host)
    {
        /// <summary>systemd's facts; the default paths when none were resolved.</summary>
        public SystemdHost Systemd => host.FindFacts<SystemdHost>() ?? Defaults;

        /// <summary>Whether lingering is enabled for the user; null when that cannot be found out.</summary>
        public bool? Lingers => Accounts.Find(host.UserId) is { } account && Directory.Exists(host.Systemd.LingerFolder)
            ? File.Exists(Path.Combine(host.Systemd.LingerFolder, account.Name))
            : null;
    }
}

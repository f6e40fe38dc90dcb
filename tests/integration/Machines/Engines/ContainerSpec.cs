namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>The options of a container that runs systemd as PID 1. Measured on Docker 20.10 with hybrid cgroups; on hosts with cgroup
/// v2, the container has a private cgroup namespace, whose mount the image's PID 1 makes writable.</summary>
/// <param name="Image">The image's name and tag.</param>
/// <param name="Run">The value of <see cref="RunLabel"/>, the same for all containers of a test run.</param>
/// <param name="Mounts">Read-only bind mounts: paths on the host and in the container.</param>
internal sealed record ContainerSpec(string Image, string Run, IReadOnlyDictionary<string, string> Mounts)
{
    /// <summary>The label by which the containers of a test run are found.</summary>
    public const string RunLabel = "hermes-gateway-test";

    /// <summary>The signal at which systemd as PID 1 powers off (systemd(1)).</summary>
    public const string StopSignal = "SIGRTMIN+3";

    /// <summary>The time between this signal and SIGKILL.</summary>
    public static TimeSpan StopTimeout { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The capability to mount, which systemd needs in addition to the default capabilities of engines.</summary>
    public const string Capability = "SYS_ADMIN";

    /// <summary>The options that disable seccomp and AppArmor, whose default profiles refuse mounts.</summary>
    public static IReadOnlyList<string> SecurityOptions { get; } = ["seccomp=unconfined", "apparmor=unconfined"];

    /// <summary>The tmpfs mounts that systemd expects: paths and options.</summary>
    public static IReadOnlyDictionary<string, string> Tmpfs { get; } =
        new Dictionary<string, string> { ["/run"] = "", ["/run/lock"] = "", ["/tmp"] = "exec" };

    /// <summary>The mount of the host's cgroups, used if the host does not have cgroup v2 only.</summary>
    public const string CgroupMount = "/sys/fs/cgroup";
}

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>What a container of a machine needs of any engine (measured: Docker 20.10, hybrid cgroups; on hosts with
/// cgroup v2 a private cgroup namespace, whose mount the image's PID 1 makes writable).</summary>
/// <param name="Image">The image's name and tag.</param>
/// <param name="Run">The value of <see cref="RunLabel"/>: all containers of one test run have it.</param>
/// <param name="Mounts">Read-only bind mounts: from a path here to a path there.</param>
internal sealed record ContainerSpec(string Image, string Run, IReadOnlyDictionary<string, string> Mounts)
{
    /// <summary>The label by which containers of a run are found, and removed after a crash.</summary>
    public const string RunLabel = "hermes-gateway-test";

    /// <summary>How systemd as PID 1 is asked to power off.</summary>
    public const string StopSignal = "SIGRTMIN+3";

    /// <summary>The time it gets for that.</summary>
    public static TimeSpan StopTimeout { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Mounting, which is all that systemd needs beside the engine's usual capabilities.</summary>
    public const string Capability = "SYS_ADMIN";

    /// <summary>What would refuse mounts else.</summary>
    public static IReadOnlyList<string> SecurityOptions { get; } = ["seccomp=unconfined", "apparmor=unconfined"];

    /// <summary>Where systemd expects memory: path and options.</summary>
    public static IReadOnlyDictionary<string, string> Tmpfs { get; } =
        new Dictionary<string, string> { ["/run"] = "", ["/run/lock"] = "", ["/tmp"] = "exec" };

    /// <summary>The host's cgroups, where they are not the pure v2 layout.</summary>
    public const string CgroupMount = "/sys/fs/cgroup";
}

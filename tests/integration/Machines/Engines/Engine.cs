#if TESTCONTAINERS
using Way = Hermes.Gateway.Machines.Tests.Engines.TestcontainersEngine;
#else
using Way = Hermes.Gateway.Machines.Tests.Engines.DockerCommandLine;
#endif

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>The way to the engine that this build was made for: the docker command line, or Testcontainers
/// (<c>-p:UseTestcontainers=true</c>), which needs no such command.</summary>
internal static class Engine
{
    /// <summary>What it is called.</summary>
    public const string Name = Way.Name;

    /// <summary>Why no container can be started; null when one can.</summary>
    public static string? FindMissing() => Way.FindMissing();

    /// <summary>Starts a container.</summary>
    public static Task<IContainer> StartAsync(ContainerSpec spec) => Way.StartAsync(spec);

    /// <summary>The ids of all containers of a run, running or not.</summary>
    public static Task<IReadOnlyList<string>> FindAsync(string run) => Way.FindAsync(run);

    /// <summary>Removes a container, whatever its state.</summary>
    public static Task RemoveAsync(string id) => Way.RemoveAsync(id);
}

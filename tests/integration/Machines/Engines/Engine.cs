namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>The way to the engine that this build was made for: the docker command line, or Testcontainers
/// (<c>-p:UseTestcontainers=true</c>).</summary>
internal static class Engine
{
#if TESTCONTAINERS
    public const string Name = "Testcontainers";

    public static Task<IContainer> StartAsync(ContainerSpec spec) => TestcontainersEngine.StartAsync(spec);
#else
    public const string Name = "docker command line";

    public static Task<IContainer> StartAsync(ContainerSpec spec) => DockerCommandLine.StartAsync(spec);
#endif
}

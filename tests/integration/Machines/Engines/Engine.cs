using Docker.DotNet;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Images;
using Microsoft.Extensions.Logging.Abstractions;
using Made = DotNet.Testcontainers.Containers.IContainer;
using Version = System.Version;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>The container engine. Uses Testcontainers, and its Docker client where Testcontainers has no method. Testcontainers finds the
/// engine by <c>DOCKER_HOST</c> or at the default socket.</summary>
internal static class Engine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    // The version of the API that Testcontainers 4.16 requests.
    private static readonly Version TestcontainersVersion = new(1, 44);

    /// <summary>A client that requests no version of the API, so that every engine uses its own.</summary>
    public static DockerClient Client { get; } = new DockerClientBuilder().Build();

    /// <summary>Returns the reason why no container can be started, or null if one can.</summary>
    public static string? FindMissing()
    {
        try
        {
            return Client.System.PingAsync().Wait(Timeout) ? null : "the container engine does not answer";
        }
        catch (AggregateException exception) when (exception.InnerException is HttpRequestException or DockerApiException)
        {
            return $"no container engine answers: {exception.InnerException.Message}";
        }
    }

    /// <summary>Creates and starts a container.</summary>
    public static async Task<Container> StartAsync(ContainerSpec spec)
    {
        await UseVersionOfTheEngineAsync();
        // The reaper of Testcontainers is an image in a registry; Reaper does the same without one.
        TestcontainersSettings.ResourceReaperEnabled = false;
        var hasCgroupV2 = (await Client.System.GetSystemInfoAsync()).CgroupVersion == "2";
        var builder = new ContainerBuilder(spec.Image)
            .WithImagePullPolicy(PullPolicy.Never)
            .WithLogger(NullLogger.Instance)
            .WithLabel(ContainerSpec.RunLabel, spec.Run)
            .WithCreateParameterModifier(parameters => Complete(parameters, hasCgroupV2));
        if (!hasCgroupV2) builder = builder.WithBindMount(ContainerSpec.CgroupMount, ContainerSpec.CgroupMount, AccessMode.ReadOnly);
        foreach (var (here, there) in spec.Mounts) builder = builder.WithBindMount(here, there, AccessMode.ReadOnly);

        var made = builder.Build();
        try
        {
            await made.StartAsync().WaitAsync(Timeout);
            return new Container(made);
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the ids of all containers of a test run, including stopped ones.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(string run)
    {
        var labels = new Dictionary<string, bool> { [$"{ContainerSpec.RunLabel}={run}"] = true };
        var found = await Client.Containers.ListContainersAsync(new ContainersListParameters
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = labels },
        });
        return [.. found.Select(container => container.ID)];
    }

    /// <summary>Removes a container in any state.</summary>
    public static Task RemoveAsync(string id) =>
        Client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true });

    // Testcontainers requests a version of the API that older engines refuse, unless DOCKER_API_VERSION is set before its first
    // use.
    private static async Task UseVersionOfTheEngineAsync()
    {
        const string Variable = "DOCKER_API_VERSION";
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }) return;
        var engines = Version.Parse((await Client.System.GetVersionAsync()).APIVersion);
        if (engines < TestcontainersVersion) Environment.SetEnvironmentVariable(Variable, engines.ToString());
    }

    private static void Complete(CreateContainerParameters parameters, bool hasCgroupV2)
    {
        parameters.StopSignal = ContainerSpec.StopSignal;
        parameters.StopTimeout = ContainerSpec.StopTimeout;
        var host = parameters.HostConfig ??= new HostConfig();
        host.NetworkMode = "none";
        host.CapAdd = [.. host.CapAdd ?? [], ContainerSpec.Capability];
        host.SecurityOpt = [.. host.SecurityOpt ?? [], .. ContainerSpec.SecurityOptions];
        host.Tmpfs = ContainerSpec.Tmpfs.ToDictionary();
        if (hasCgroupV2) host.CgroupnsMode = "private";
    }
}

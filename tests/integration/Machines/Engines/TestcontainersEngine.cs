using Docker.DotNet;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Images;
using Microsoft.Extensions.Logging.Abstractions;
using Made = DotNet.Testcontainers.Containers.IContainer;
using Version = System.Version;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>An engine through Testcontainers; what that has no method for, through the client that comes with it.</summary>
internal sealed class TestcontainersEngine : IContainer
{
    /// <summary>What this way to an engine is called.</summary>
    public const string Name = "Testcontainers";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // The version of the API that Testcontainers 4.15 asks in.
    private static readonly Version TestcontainersVersion = new(1, 44);

    // Asks in no particular version of the API, which every engine answers in its own.
    private static readonly DockerClient Client = new DockerClientBuilder().Build();

    private readonly Made _made;

    private TestcontainersEngine(Made made) => _made = made;

    /// <inheritdoc/>
    public string Id => _made.Id;

    /// <inheritdoc cref="Engine.FindMissing"/>
    public static string? FindMissing()
    {
        try
        {
            return Client.System.PingAsync().Wait(Patience) ? null : "the container engine does not answer";
        }
        catch (AggregateException exception) when (exception.InnerException is HttpRequestException or DockerApiException)
        {
            return $"no container engine answers: {exception.InnerException.Message}";
        }
    }

    /// <inheritdoc cref="Engine.FindAsync"/>
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

    /// <inheritdoc cref="Engine.RemoveAsync"/>
    public static Task RemoveAsync(string id) =>
        Client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true });

    /// <inheritdoc cref="Engine.StartAsync"/>
    public static async Task<IContainer> StartAsync(ContainerSpec spec)
    {
        await SpeakTheEnginesVersionAsync();
        // Its own reaper is an image of a registry; ours does the same.
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
            await made.StartAsync().WaitAsync(Patience);
            return new TestcontainersEngine(made);
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<ExecResult> ExecAsync(IReadOnlyList<string> command, TimeSpan timeout)
    {
        var result = await _made.ExecAsync([.. command]).WaitAsync(timeout);
        return new ExecResult(command, checked((int)result.ExitCode!.Value), result.Stdout, result.Stderr);
    }

    /// <inheritdoc/>
    public async Task CopyInAsync(string source, string target)
    {
        // Not by Testcontainers, which gives all files of a folder one mode.
        if (!Directory.Exists(source))
        {
            var file = await ContainerPath.ResolveFileAsync(this, target);
            await ExtractAsync(TestcontainersArchive.Of(new FileInfo(source), Path.GetFileName(file)), Path.GetDirectoryName(file)!);
            return;
        }

        var folder = await ContainerPath.ResolveAsync(this, target);
        if (!folder.IsFolder) (await ExecAsync(["mkdir", "--", folder.Path], Patience)).Succeeded();
        await ExtractAsync(TestcontainersArchive.Of(new DirectoryInfo(source)), folder.Path);
    }

    /// <inheritdoc/>
    public async Task<byte[]> CopyOutAsync(string path) =>
        await _made.ReadFileAsync(await ContainerPath.ResolveFileAsync(this, path)).WaitAsync(Patience);

    /// <inheritdoc/>
    // Not by Testcontainers, which waits for 15 s at most.
    public Task StopAsync() => Client.Containers.StopContainerAsync(Id, new ContainerStopParameters()).WaitAsync(Patience);

    /// <inheritdoc/>
    public Task KillAsync() =>
        Client.Containers.KillContainerAsync(Id, new ContainerKillParameters { Signal = "SIGKILL" }).WaitAsync(Patience);

    /// <inheritdoc/>
    public Task StartAsync() => _made.StartAsync().WaitAsync(Patience);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // By force: the other would wait for a polite end.
        await RemoveAsync(Id);
        await _made.DisposeAsync();
    }

    private Task ExtractAsync(Stream archive, string folder) => Client.Containers
        .ExtractArchiveToContainerAsync(Id, new CopyToContainerParameters { Path = folder }, archive).WaitAsync(Patience);

    // Testcontainers asks in a version that older engines refuse, unless this variable says otherwise when it is first used.
    private static async Task SpeakTheEnginesVersionAsync()
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

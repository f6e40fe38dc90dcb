using Docker.DotNet.Models;
using DotNet.Testcontainers.Containers;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>A container. Disposing removes it in any state.</summary>
/// <param name="inner">The container of Testcontainers.</param>
internal sealed class Container(IContainer inner) : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>The container id.</summary>
    public string Id => inner.Id;

    /// <summary>Runs a command as root and waits for its end. A missing command has the exit code 127.</summary>
    /// <param name="command">The command and its arguments, which no shell interprets.</param>
    /// <param name="timeout">The time after which the wait ends.</param>
    /// <exception cref="TimeoutException">The command did not end in that time; it continues to run.</exception>
    public async Task<ExecResult> ExecAsync(IReadOnlyList<string> command, TimeSpan timeout)
    {
        var result = await inner.ExecAsync([.. command]).WaitAsync(timeout);
        return new ExecResult(command, checked((int)result.ExitCode!.Value), result.Stdout, result.Stderr);
    }

    /// <summary>Copies a file, or a folder with its contents, into the running container. Modes and links are kept; the owner depends
    /// on the engine. Asserts that the target is not on a tmpfs, because engines copy to the file system below the mount.</summary>
    /// <param name="source">The absolute path on the host.</param>
    /// <param name="target">The absolute path in the container, whose parent exists: of the copied file, or of the folder to which
    /// the contents are added and which is created if it is missing.</param>
    public async Task CopyInAsync(string source, string target)
    {
        // Testcontainers is not used, because it sets one mode for all files of a folder.
        if (!Directory.Exists(source))
        {
            var file = await ContainerPath.ResolveFileAsync(this, target);
            await ExtractAsync(Archive.Of(new FileInfo(source), Path.GetFileName(file)), Path.GetDirectoryName(file)!);
            return;
        }

        var folder = await ContainerPath.ResolveAsync(this, target);
        if (!folder.IsFolder) (await ExecAsync(["mkdir", "--", folder.Path], Timeout)).Succeeded();
        await ExtractAsync(Archive.Of(new DirectoryInfo(source)), folder.Path);
    }

    /// <summary>Reads a file of the running container. Follows links; asserts that the file is not on a tmpfs.</summary>
    public async Task<byte[]> CopyOutAsync(string path) =>
        await inner.ReadFileAsync(await ContainerPath.ResolveFileAsync(this, path)).WaitAsync(Timeout);

    /// <summary>Asks PID 1 to shut down, and waits until the container has ended.</summary>
    // Testcontainers is not used, because it waits for at most 15 s.
    public Task StopAsync() => Engine.Client.Containers.StopContainerAsync(Id, new ContainerStopParameters()).WaitAsync(Timeout);

    /// <summary>Kills all processes of the container.</summary>
    public Task KillAsync() =>
        Engine.Client.Containers.KillContainerAsync(Id, new ContainerKillParameters { Signal = "SIGKILL" }).WaitAsync(Timeout);

    /// <summary>Starts the stopped container.</summary>
    public Task StartAsync() => inner.StartAsync().WaitAsync(Timeout);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Removed by force, because Testcontainers would stop the container first.
        await Engine.RemoveAsync(Id);
        await inner.DisposeAsync();
    }

    private Task ExtractAsync(Stream archive, string folder) => Engine.Client.Containers
        .ExtractArchiveToContainerAsync(Id, new CopyToContainerParameters { Path = folder }, archive).WaitAsync(Timeout);
}

using Docker.DotNet.Models;
using DotNet.Testcontainers.Containers;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>One container. Disposing removes it, whatever its state.</summary>
/// <param name="made">The same to Testcontainers.</param>
internal sealed class Container(IContainer made) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The engine's id of it.</summary>
    public string Id => made.Id;

    /// <summary>Runs a command in it as root, to its end; a command that is not there is a result, too.</summary>
    /// <param name="command">The command and its arguments, each passed as it is.</param>
    /// <param name="timeout">Time after which the wait ends.</param>
    /// <exception cref="TimeoutException">That time is over; the command goes on.</exception>
    public async Task<ExecResult> ExecAsync(IReadOnlyList<string> command, TimeSpan timeout)
    {
        var result = await made.ExecAsync([.. command]).WaitAsync(timeout);
        return new ExecResult(command, checked((int)result.ExitCode!.Value), result.Stdout, result.Stderr);
    }

    /// <summary>Copies a file, or a folder with all that is in it, into it while it runs. Modes and links are kept; whose
    /// it is there depends on the engine. Asserts that the target is not on a tmpfs: engines copy below that.</summary>
    /// <param name="source">Absolute path on this machine.</param>
    /// <param name="target">Absolute path in the container, whose parent exists. A file becomes this file; a folder's
    /// contents are added to this folder's, which is made when it is missing.</param>
    public async Task CopyInAsync(string source, string target)
    {
        // Not by Testcontainers, which gives all files of a folder one mode.
        if (!Directory.Exists(source))
        {
            var file = await ContainerPath.ResolveFileAsync(this, target);
            await ExtractAsync(Archive.Of(new FileInfo(source), Path.GetFileName(file)), Path.GetDirectoryName(file)!);
            return;
        }

        var folder = await ContainerPath.ResolveAsync(this, target);
        if (!folder.IsFolder) (await ExecAsync(["mkdir", "--", folder.Path], Patience)).Succeeded();
        await ExtractAsync(Archive.Of(new DirectoryInfo(source)), folder.Path);
    }

    /// <summary>Copies a file out of it while it runs; through links, but not from a tmpfs either.</summary>
    public async Task<byte[]> CopyOutAsync(string path) =>
        await made.ReadFileAsync(await ContainerPath.ResolveFileAsync(this, path)).WaitAsync(Patience);

    /// <summary>Asks PID 1 to shut down, and waits until the container has ended.</summary>
    // Not by Testcontainers, which waits for 15 s at most.
    public Task StopAsync() => Engine.Client.Containers.StopContainerAsync(Id, new ContainerStopParameters()).WaitAsync(Patience);

    /// <summary>Ends all of its processes at once, as a cut power line does.</summary>
    public Task KillAsync() =>
        Engine.Client.Containers.KillContainerAsync(Id, new ContainerKillParameters { Signal = "SIGKILL" }).WaitAsync(Patience);

    /// <summary>Starts it again.</summary>
    public Task StartAsync() => made.StartAsync().WaitAsync(Patience);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // By force: the other would wait for a polite end.
        await Engine.RemoveAsync(Id);
        await made.DisposeAsync();
    }

    private Task ExtractAsync(Stream archive, string folder) => Engine.Client.Containers
        .ExtractArchiveToContainerAsync(Id, new CopyToContainerParameters { Path = folder }, archive).WaitAsync(Patience);
}

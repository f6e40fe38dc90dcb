using System.Collections.Immutable;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>An engine through the <c>docker</c> command line: needs nothing but that command.</summary>
internal sealed class DockerCommandLine : IContainer
{
    /// <summary>What this way to an engine is called.</summary>
    public const string Name = "docker command line";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly CliWrapProcessRunner Runner = new(() => new System.Diagnostics.ProcessStartInfo());

    private static readonly string Docker = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "docker")).FirstOrDefault(File.Exists) ?? "/usr/bin/docker";

    private DockerCommandLine(string id) => Id = id;

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc cref="Engine.FindMissing"/>
    public static string? FindMissing()
    {
        var answer = RunAsync(["version"], Patience).GetAwaiter().GetResult();
        return answer.Succeeded ? null : $"no container engine answers: {answer.StandardError.Trim()}";
    }

    /// <inheritdoc cref="Engine.FindAsync"/>
    public static async Task<IReadOnlyList<string>> FindAsync(string run) => Output(await RunAsync(
        ["ps", "--all", "--quiet", "--no-trunc", "--filter", $"label={ContainerSpec.RunLabel}={run}"], Patience))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc cref="Engine.RemoveAsync"/>
    public static async Task RemoveAsync(string id) => Output(await RunAsync(["rm", "--force", "--volumes", id], Patience));

    /// <inheritdoc cref="Engine.StartAsync"/>
    public static async Task<IContainer> StartAsync(ContainerSpec spec)
    {
        string[] cgroups = Output(await RunAsync(["info", "--format", "{{.CgroupVersion}}"], Patience)) == "2"
            ? ["--cgroupns=private"]
            : ["--volume", $"{ContainerSpec.CgroupMount}:{ContainerSpec.CgroupMount}:ro"];
        var id = Output(await RunAsync(
            [
                "run", "--detach", "--network", "none", "--label", $"{ContainerSpec.RunLabel}={spec.Run}",
                "--stop-signal", ContainerSpec.StopSignal,
                "--stop-timeout", $"{ContainerSpec.StopTimeout.TotalSeconds:0}",
                "--cap-add", ContainerSpec.Capability,
                .. ContainerSpec.SecurityOptions.SelectMany(option => new[] { "--security-opt", option }),
                .. ContainerSpec.Tmpfs.SelectMany(mount =>
                    new[] { "--tmpfs", mount.Value.Length > 0 ? $"{mount.Key}:{mount.Value}" : mount.Key }),
                .. cgroups,
                .. spec.Mounts.SelectMany(mount => new[] { "--volume", $"{mount.Key}:{mount.Value}:ro" }),
                spec.Image,
            ],
            Patience));
        return new DockerCommandLine(id);
    }

    /// <inheritdoc/>
    public async Task<ExecResult> ExecAsync(IReadOnlyList<string> command, TimeSpan timeout)
    {
        var result = await RunAsync(["exec", Id, .. command], timeout);
        if (result.End == CommandEnd.TimedOut) throw new TimeoutException(result.ToString());
        Assert.True(result.End == CommandEnd.Exited, result.ToString());
        return new ExecResult(command, result.ExitCode!.Value, result.StandardOutput, result.StandardError);
    }

    /// <inheritdoc/>
    public async Task CopyInAsync(string source, string target)
    {
        // The end "/." makes it the contents of a folder.
        string[] paths = Directory.Exists(source)
            ? [source + "/.", (await ContainerPath.ResolveAsync(this, target)).Path]
            : [source, await ContainerPath.ResolveFileAsync(this, target)];
        Output(await RunAsync(["cp", paths[0], $"{Id}:{paths[1]}"], Patience));
    }

    /// <inheritdoc/>
    public async Task<byte[]> CopyOutAsync(string path)
    {
        var found = await ContainerPath.ResolveFileAsync(this, path);
        var scratch = Directory.CreateTempSubdirectory("hermes-copy-").FullName;
        try
        {
            var file = Path.Combine(scratch, "file");
            Output(await RunAsync(["cp", $"{Id}:{found}", file], Patience));
            return await File.ReadAllBytesAsync(file);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync() => Output(await RunAsync(["stop", Id], Patience));

    /// <inheritdoc/>
    public async Task KillAsync() => Output(await RunAsync(["kill", "--signal=KILL", Id], Patience));

    /// <inheritdoc/>
    public async Task StartAsync() => Output(await RunAsync(["start", Id], Patience));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await RemoveAsync(Id);

    private static Task<CommandResult> RunAsync(ImmutableArray<string> arguments, TimeSpan timeout) =>
        Task.Run(() => Runner.Run(
            new CommandRequest { Program = Docker, Arguments = arguments, Timeout = timeout, MaxOutputCharacters = 16 << 20 },
            CancellationToken.None));

    private static string Output(CommandResult result)
    {
        Assert.True(result.Succeeded, $"{result.End} {result.ExitCode}: {result.CommandLine}\n{result.StandardError}");
        return result.StandardOutput.Trim();
    }
}

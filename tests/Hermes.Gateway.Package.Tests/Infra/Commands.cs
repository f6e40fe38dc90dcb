using System.Collections.Immutable;
using System.Diagnostics;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>Runs commands in an environment of which only what a login gives is inherited: no trace of CI, of the test
/// runner, or of the MSBuild that may have started it.</summary>
internal static class Commands
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    // A cold csc costs 2 s of CPU for a program of one line, a warm one a fifth of that. MSBuild takes this variable for a
    // property, and Csc for the name of the server's pipe.
    private static readonly string CompilerServer = $"hermes-tests-{Guid.NewGuid():N}";

    private static readonly string[] Inherited =
    [
        "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "NUGET_PACKAGES", "DOTNET_ROOT", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "DBUS_SESSION_BUS_ADDRESS",
    ];

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        // No process of ours outlives the tests: no MSBuild nodes, and a compiler server of our own (EndCompilerServer).
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["SharedCompilationId"] = CompilerServer,
        // What no build here needs and every one pays for: the search for workloads, and profiles of processes that end at once.
        ["MSBuildEnableWorkloadResolver"] = "false",
        ["DOTNET_TieredPGO"] = "0",
        ["LANG"] = "C.UTF-8",
        ["LC_ALL"] = null,
    };

    /// <summary>The dotnet that runs these tests.</summary>
    public static string Dotnet { get; } =
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : Find("dotnet")!;

    /// <summary>The machine's systemctl; null when it has none.</summary>
    public static string? Systemctl { get; } = Find("systemctl");

    /// <summary>Runs a command to its end; <paramref name="environment"/> comes on top.</summary>
    public static CommandResult Run(
        string program, IEnumerable<string> arguments, string folder, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var request = new CommandRequest
        {
            Program = program,
            Arguments = [.. arguments],
            WorkingDirectory = folder,
            Environment = Settings.ToImmutableDictionary().SetItems(environment),
            Timeout = Deadline,
        };
        // Not the test's token: a cancelled test removes its services with commands of this method.
        var result = new CliWrapProcessRunner(NewStartInfo).Run(request, CancellationToken.None);
        Assert.True(
            result.End == CommandEnd.Exited,
            $"{result.End}: {result.CommandLine}\n{result.StandardOutput}\n{result.StandardError}");
        return result;
    }

    /// <summary>Ends the compiler server that the builds of this process share; the next build starts another.</summary>
    public static void EndCompilerServer()
    {
        foreach (var id in ProcessEntry.Ids())
        {
            if (ProcessEntry.Read(id, "cmdline")?.Contains($"-pipename:{CompilerServer}\0", StringComparison.Ordinal) != true) continue;
            using var server = Process.GetProcessById(id);
            server.Kill();
            server.WaitForExit();
        }
    }

    /// <summary>Starts a command in the same environment, for a caller that ends it.</summary>
    public static Process Start(
        string program, IEnumerable<string> arguments, string folder, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var start = NewStartInfo();
        (start.FileName, start.WorkingDirectory, start.RedirectStandardOutput) = (program, folder, true);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in Settings.ToImmutableDictionary().SetItems(environment)) start.Environment[name] = value;
        var process = Process.Start(start)!;
        // So that it never waits for a reader.
        process.BeginOutputReadLine();
        return process;
    }

    private static ProcessStartInfo NewStartInfo()
    {
        var start = new ProcessStartInfo();
        start.Environment.Clear();
        foreach (var name in Inherited)
            if (Environment.GetEnvironmentVariable(name) is { } value) start.Environment[name] = value;
        return start;
    }

    private static string? Find(string name) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}

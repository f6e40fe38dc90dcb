using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Processes;
using Xunit.Sdk;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>A folder that stands for a user's repository on a user's machine: nothing of this checkout reaches into it.
/// Everything that a test deploys is removed at its end. After a failure the folder, with a transcript and a binlog of
/// every command, is kept in artifacts/log.</summary>
public sealed class Sandbox : IAsyncDisposable
{
    // The dot keeps its files out of a project in the folder itself.
    private const string Home = ".home";

    private readonly PackageFixture _package;
    private readonly string _kept;
    private readonly List<string> _services = [];
    private int _runs;
    private bool _hasFailed;

    internal Sandbox(PackageFixture package, string root, string title)
    {
        _package = package;
        Root = root;
        _kept = Path.Combine(Evidence.Folder, title);
        // These stop the inheritance from folders above.
        foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            Write(name, "<Project />\n");
        Write("Directory.Build.rsp", "");
        // The machine's sources are out: what these projects need is in the feed and in the SDK.
        Write("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>\n");
    }

    /// <summary>The folder.</summary>
    internal string Root { get; }

    /// <summary>Sets a configuration folder in which nothing is: whoever writes a definition there is seen.</summary>
    internal KeyValuePair<string, string?>[] EmptyConfig => [KeyValuePair.Create("XDG_CONFIG_HOME", (string?)ConfigHome)];

    /// <summary>What was written with <see cref="EmptyConfig"/>.</summary>
    internal IEnumerable<string> WrittenFiles =>
        Directory.Exists(ConfigHome) ? Directory.EnumerateFileSystemEntries(ConfigHome, "*", SearchOption.AllDirectories) : [];

    private KeyValuePair<string, string?>[] Environment =>
    [
        KeyValuePair.Create("NUGET_PACKAGES", (string?)_package.Cache),
        KeyValuePair.Create("XDG_STATE_HOME", (string?)StateHome),
        KeyValuePair.Create("HermesGatewayReleaseRoot", (string?)ReleaseRoot),
        // MSBuild takes these for properties, so that no project here knows a path or a version.
        KeyValuePair.Create("RestoreAdditionalProjectSources", (string?)_package.Feed),
        KeyValuePair.Create("HermesGatewayTasksVersion", (string?)_package.Version),
    ];

    private string ConfigHome => PathOf(Home, "config");

    /// <summary>The state folder of its user.</summary>
    internal string StateHome => PathOf(Home, "state");

    /// <summary>The folder of its user's releases.</summary>
    internal string ReleaseRoot => PathOf(Home, "releases");

    /// <summary>The absolute path of something in this folder.</summary>
    internal string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Writes a file and the folders above it; returns its path.</summary>
    internal string Write(string name, string text)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A service name that nothing else has; what becomes of it is removed at the end.</summary>
    internal string NewService()
    {
        var name = $"hermes-package-test-{Guid.NewGuid().ToString("N")[..12]}";
        _services.Add(name);
        return name;
    }

    /// <summary>Runs <c>dotnet VERB PROJECT …</c> with a binlog.</summary>
    internal BuildRun Dotnet(string verb, string project, params string[] arguments) =>
        Dotnet(verb, project, arguments, []);

    /// <inheritdoc cref="Dotnet(string, string, string[])"/>
    internal BuildRun Dotnet(
        string verb, string project, string[] arguments, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var binlog = PathOf($"{_runs + 1:00}.binlog");
        var command = Run(
            Commands.Dotnet, [verb, project, $"-bl:{binlog}", .. arguments], Path.GetDirectoryName(project)!, environment);
        return new BuildRun(command, binlog);
    }

    /// <summary>Runs shell commands in the folder, to the first that fails.</summary>
    internal CommandResult Shell(string script, IEnumerable<KeyValuePair<string, string?>> environment) =>
        Run("/bin/sh", ["-e", "-c", script], Root, environment);

    private CommandResult Run(
        string program, string[] arguments, string folder, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var number = (++_runs).ToString("00", CultureInfo.InvariantCulture);
        var command = Commands.Run(program, arguments, folder, [.. Environment, .. environment]);
        Write($"{number}.md", $"""
            # {number} {command.CommandLine}

            folder {command.Request.WorkingDirectory}, exit {command.ExitCode}, {command.Duration.TotalSeconds:0.0} s
            {string.Join("\n", environment.Select(pair => $"{pair.Key}={pair.Value}"))}

            ## stdout

            {command.StandardOutput}

            ## stderr

            {command.StandardError}
            """);
        return command;
    }

    /// <summary>Starts such a command, for a test that does not let it come to its end.</summary>
    internal Process Start(
        string verb, string project, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment) =>
        Commands.Start(
            Commands.Dotnet, [verb, project, .. arguments], Path.GetDirectoryName(project)!, [.. Environment, .. environment]);

    /// <summary>Runs a target, or several separated by semicolons, and reads the result of the last one:
    /// <c>dotnet VERB PROJECT -t:TARGET -getTargetResult:TARGET …</c>.</summary>
    internal Task<BuildRun> TargetAsync(string verb, string project, string target, params string[] arguments) =>
        TargetAsync(verb, project, target, arguments, []);

    /// <inheritdoc cref="TargetAsync(string, string, string, string[])"/>
    internal async Task<BuildRun> TargetAsync(
        string verb, string project, string target, string[] arguments, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        // To a file, so that loggers do as they always do.
        var file = PathOf($"{_runs + 1:00}.json");
        var last = target.Split(';')[^1];
        var run = Dotnet(
            verb, project, [$"-t:{target}", $"-getTargetResult:{last}", $"-getResultOutputFile:{file}", .. arguments], environment);
        return run with { TargetResult = TargetResult.Read(await File.ReadAllTextAsync(file), last) };
    }

    /// <summary>Runs a test, or a part of one; a failure says where the evidence is.</summary>
    internal async Task ProveAsync(Func<Task> test)
    {
        try
        {
            await test();
        }
        catch (Exception e)
        {
            _hasFailed = true;
            var last = Path.Combine(_kept, _runs.ToString("00", CultureInfo.InvariantCulture));
            throw new XunitException($"{e.Message}\ntranscript: {last}.md\nbinlog:     {last}.binlog", e);
        }
        finally
        {
            UserManager.Remove(_services);
            _services.Clear();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_kept)) Directory.Delete(_kept, recursive: true);
        if (_hasFailed) Copy(Root, _kept);
        ScratchFolder.Delete(Root);
        return ValueTask.CompletedTask;
    }

    // The scratch folder can be on another file system, so this is no move.
    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}

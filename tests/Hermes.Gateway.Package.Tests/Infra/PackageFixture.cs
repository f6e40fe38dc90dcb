using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>The packed package, once for all tests: from eng/pack.sh, or from the folder that HERMES_PACKAGE_FEED names
/// (the nupkg and version.props).</summary>
public sealed class PackageFixture : IAsyncLifetime
{
    // Of all fixtures: their evidence goes to one folder.
    private static int _sandboxes;

    private readonly string _scratch = Directory.CreateTempSubdirectory("hermes-package-").FullName;
    private Task<(Sandbox Sandbox, string Project)>? _worker;

    /// <summary>The folder with the package, used as its source.</summary>
    public string Feed { get; private set; } = "";

    /// <summary>The package's version.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The package file.</summary>
    public string File => Path.Combine(Feed, $"Hermes.Gateway.Tasks.{Version}.nupkg");

    /// <summary>This run's own NUGET_PACKAGES, so that versions of a moment never reach the machine's cache.</summary>
    public string Cache => Path.Combine(_scratch, "packages");

    /// <summary>The extracted package, once a project has restored it.</summary>
    public string Extracted => Path.Combine(Cache, "hermes.gateway.tasks", Version);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("HERMES_PACKAGE_FEED") is { Length: > 0 } given)
        {
            Feed = Path.GetFullPath(given);
            Version = XDocument.Load(Path.Combine(Feed, "version.props")).Descendants("HermesGatewayTasksVersion").Single().Value;
        }
        else
        {
            Feed = Path.Combine(_scratch, "feed");
            var run = Commands.Run(Repository.PathOf("eng", "pack.sh"), [Feed], Repository.Root, []);
            Assert.True(run.Succeeded, $"{run.CommandLine}\n{run.StandardOutput}\n{run.StandardError}");
            Version = run.StandardOutput.Trim();
        }

        Assert.True(System.IO.File.Exists(File), $"There is no {File}.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Commands.EndCompilerServer();
        if (_worker is { IsCompletedSuccessfully: true }) await (await _worker).Sandbox.DisposeAsync();
        Directory.Delete(_scratch, recursive: true);
    }

    /// <summary>Runs a test in a folder of its own.</summary>
    internal async Task InSandboxAsync(
        Func<Sandbox, Task> test, [CallerFilePath] string file = "", [CallerMemberName] string member = "")
    {
        await using var sandbox = NewSandbox($"{Path.GetFileNameWithoutExtension(file)}.{member}");
        await sandbox.ProveAsync(() => test(sandbox));
    }

    /// <summary>Runs a test in a folder of its own, unless <paramref name="require"/> skips it
    /// (<see cref="Requires"/>).</summary>
    internal Task InSandboxAsync(
        Action require, Func<Sandbox, Task> test, [CallerFilePath] string file = "", [CallerMemberName] string member = "")
    {
        require();
        return InSandboxAsync(test, file, member);
    }

    /// <summary>Runs a test with a worker that all such tests share: built once, in the configuration Debug. Each chooses
    /// a service name of its own on the command line.</summary>
    internal async Task WithBuiltWorkerAsync(Func<Sandbox, string, Task> test)
    {
        var (sandbox, project) = await (_worker ??= BuildWorkerAsync());
        await sandbox.ProveAsync(() => test(sandbox, project));
    }

    /// <summary>Runs a test with the shared worker, unless <paramref name="require"/> skips it
    /// (<see cref="Requires"/>).</summary>
    internal Task WithBuiltWorkerAsync(Action require, Func<Sandbox, string, Task> test)
    {
        require();
        return WithBuiltWorkerAsync(test);
    }

    private async Task<(Sandbox Sandbox, string Project)> BuildWorkerAsync()
    {
        var sandbox = NewSandbox("BuiltWorker");
        var project = sandbox.WriteWorker(service: null);
        await sandbox.ProveAsync(async () => (await Task.Run(() => sandbox.Dotnet("build", project))).Succeeded());
        return (sandbox, project);
    }

    private Sandbox NewSandbox(string title)
    {
        var number = Interlocked.Increment(ref _sandboxes);
        return new Sandbox(this, Path.Combine(_scratch, $"{number:00}"), $"{number:00}-{title}");
    }
}

/// <summary>The tests of this collection share the package and run one after the other: they change one machine.</summary>
[CollectionDefinition(Name)]
public sealed class PackageCollection : ICollectionFixture<PackageFixture>
{
    public const string Name = "Package";
}

/// <summary>The tests of this collection deploy nothing, so they can run beside the others; among themselves they share a built
/// project.</summary>
[CollectionDefinition(Name)]
public sealed class ContentCollection : ICollectionFixture<PackageFixture>
{
    public const string Name = "Package without a deploy";
}

/// <summary>The tests of this collection have each a simulated launchd of their own, so they can run beside the others;
/// among themselves they share a built project.</summary>
[CollectionDefinition(Name)]
public sealed class LaunchdCollection : ICollectionFixture<PackageFixture>
{
    public const string Name = "Package on launchd";
}

/// <summary>The test of this collection follows the pages of the documentation on simulated launchds of its own, so it can run
/// beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class DocumentationCollection : ICollectionFixture<PackageFixture>
{
    public const string Name = "Documentation";
}

using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>The machine of all tests, with a built HelloGateway that every account can read. Each test has service names and accounts of
/// its own.</summary>
public sealed class MachineFixture : IAsyncLifetime
{
    // The reason why the tests cannot run; null if they can.
    private static readonly Lazy<string?> Missing = new(() =>
        Image.Length == 0 || Environment.GetEnvironmentVariable("HERMES_PACKAGE_FEED") is not { Length: > 0 }
            ? "HERMES_TEST_IMAGE or HERMES_PACKAGE_FEED is not set: run eng/test-machines.sh"
            : Engine.FindMissing());

    // Disposed in reverse order of creation.
    private readonly Stack<IAsyncDisposable> _resources = [];
    private SystemdHost? _host;

    /// <summary>The label of this run's containers.</summary>
    internal string Run { get; } = $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..12]}";

    /// <summary>The machine.</summary>
    internal SystemdHost Machine => _host ?? throw new InvalidOperationException(Missing.Value);

    /// <summary>The image of the machines, HERMES_TEST_IMAGE.</summary>
    internal static string Image => Environment.GetEnvironmentVariable("HERMES_TEST_IMAGE") ?? "";

    /// <summary>The folder with the package, on the host.</summary>
    internal static string Feed => Path.GetFullPath(Environment.GetEnvironmentVariable("HERMES_PACKAGE_FEED")!);

    /// <summary>A project of root without sources.</summary>
    internal GatewayProject RootProject { get; private set; } = null!;

    /// <summary>The executable of the sample HelloGateway, on the machine.</summary>
    internal const string HelloGateway = "/srv/HelloGateway/bin/Debug/net10.0/HelloGateway";

    /// <summary>Skips the calling test, with the reason, without an engine, an image (HERMES_TEST_IMAGE) or a package
    /// (HERMES_PACKAGE_FEED), as <c>eng/test-machines.sh</c> gives them.</summary>
    internal static void Require()
    {
        if (Missing.Value is { } reason) Assert.Skip(reason);
    }

    /// <summary>Boots a machine for one test, without built projects.</summary>
    internal Task<SystemdHost> StartAnotherAsync() => SystemdHost.StartAsync(Image, Run, Feed);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Missing.Value is not null) return;
        _resources.Push(await Reaper.StartAsync(Run));
        _host = await StartAnotherAsync();
        _resources.Push(_host);
        Console.WriteLine($"machine: {Image}, {_host.Version}");
        RootProject = await GatewayProject.WritePlainAsync(_host, Login.Root, Feed);
        var hello = await GatewayProject.CopyAsync(_host, Login.Root, "HelloGateway", "/srv/HelloGateway", Feed);
        (await hello.DotnetAsync("build")).Succeeded();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_resources.TryPop(out var resource)) await resource.DisposeAsync();
    }
}

/// <summary>The collection of the tests that share the machine.</summary>
[CollectionDefinition(Name)]
public sealed class MachineCollection : ICollectionFixture<MachineFixture>
{
    public const string Name = "Machine";
}

/// <summary>Base class of the tests that use the shared machine. Skips them if no machine can be started.</summary>
[Collection(MachineCollection.Name)]
public abstract class MachineTests
{
    protected MachineTests(MachineFixture fixture)
    {
        MachineFixture.Require();
        Fixture = fixture;
    }

    internal MachineFixture Fixture { get; }

    internal SystemdHost Machine => Fixture.Machine;

    internal GatewayProject RootProject => Fixture.RootProject;
}

using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>One machine for all tests, with a built gateway that everybody may read. Tests choose service names and
/// accounts of their own.</summary>
public sealed class MachineFixture : IAsyncLifetime
{
    // The reason why tests cannot run.
    private static readonly Lazy<string?> Missing = new(() =>
        Image.Length == 0 || Environment.GetEnvironmentVariable("HERMES_PACKAGE_FEED") is not { Length: > 0 }
            ? "no image of a machine is named: run eng/test-machines.sh"
            : Engine.FindMissing());

    // The last one made is the first one removed.
    private readonly Stack<IAsyncDisposable> _mine = [];
    private SystemdHost? _host;

    /// <summary>The label of this run's containers.</summary>
    internal string Run { get; } = $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..12]}";

    /// <summary>The machine.</summary>
    internal SystemdHost Machine => _host ?? throw new InvalidOperationException(Missing.Value);

    /// <summary>The image of the machines, HERMES_TEST_IMAGE.</summary>
    internal static string Image => Environment.GetEnvironmentVariable("HERMES_TEST_IMAGE") ?? "";

    /// <summary>The folder on this machine with the package.</summary>
    internal static string Feed => Path.GetFullPath(Environment.GetEnvironmentVariable("HERMES_PACKAGE_FEED")!);

    /// <summary>Root's project without a program of its own.</summary>
    internal GatewayProject RootProject { get; private set; } = null!;

    /// <summary>The executable of the sample gateway, on the machine.</summary>
    internal const string HelloGateway = "/srv/HelloGateway/bin/Debug/net10.0/HelloGateway";

    /// <summary>Skips the calling test, with the reason, without an engine, an image (HERMES_TEST_IMAGE) or a package
    /// (HERMES_PACKAGE_FEED), as <c>eng/test-machines.sh</c> gives them.</summary>
    internal static void Require()
    {
        if (Missing.Value is { } reason) Assert.Skip(reason);
    }

    /// <summary>Boots a machine for one test: in a few seconds, with nothing built on it.</summary>
    internal Task<SystemdHost> StartAnotherAsync() => SystemdHost.StartAsync(Image, Run, Feed);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Missing.Value is not null) return;
        _mine.Push(await Reaper.StartAsync(Run));
        _host = await StartAnotherAsync();
        _mine.Push(_host);
        Console.WriteLine($"machine: {Image}, {_host.Version}");
        RootProject = await GatewayProject.WritePlainAsync(_host, Login.Root, Feed);
        var hello = await GatewayProject.CopyAsync(_host, Login.Root, "HelloGateway", "/srv/HelloGateway", Feed);
        (await hello.DotnetAsync("build")).Succeeded();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_mine.TryPop(out var mine)) await mine.DisposeAsync();
    }
}

/// <summary>All tests share one machine, so they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class MachineCollection : ICollectionFixture<MachineFixture>
{
    public const string Name = "Machine";
}

/// <summary>Base of the tests that use the shared machine. Skips them where no machine can be started.</summary>
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

using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>A machine for one test: the real reconciler, store and files in a scratch folder, with a fake manager and
/// a clock that only the manager's waits advance.</summary>
internal sealed class World : IDisposable
{
    private readonly TemporaryFolder _scratch = new();
    private readonly HealthProber _prober;
    private readonly CommandRecorder _journal;

    /// <param name="runner">Runs the commands.</param>
    /// <param name="isRoot">Whether the caller counts as root, independent of the user who runs the tests.</param>
    public World(FakeRunner? runner = null, bool isRoot = false)
    {
        Runner = runner ?? new FakeRunner();
        _prober = new HealthProber(Runner);
        _journal = new CommandRecorder(Runner);
        Host = Sample.Host(_scratch.At("."));
        if (isRoot) Host = Host with { UserId = 0, MachineState = _scratch.At("machine-state") };
        Manager = new FakeServiceManager(Host, Clock);
        Store = new ServiceStore(Host, Clock);
    }

    public ManualClock Clock { get; } = new();

    /// <summary>Records the commands of the operations. The fake manager runs none; a test may run its own here.</summary>
    public CommandRecorder Journal => _journal;

    /// <summary>Receives the progress of the operations.</summary>
    public IOperationListener? Listener { get; set; }

    public FakeRunner Runner { get; }

    public HostContext Host { get; }

    public FakeServiceManager Manager { get; }

    public ServiceStore Store { get; }

    /// <summary>Creates a program and its folders in the scratch folder, and returns a request for them.</summary>
    public ServiceRequest Request(string name = "my-gateway")
    {
        var folder = At(name);
        Directory.CreateDirectory(folder);
        var (program, source) = (Path.Combine(folder, "gateway"), Path.Combine(folder, "Gateway.csproj"));
        File.WriteAllText(program, "#!/bin/sh\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(source, "<Project/>");
        return new ServiceRequest
        {
            Manager = "systemd",
            Definition = Sample.Definition(name) with { Program = program, WorkingDirectory = folder, Source = source },
            DeployCommand = $"dotnet msbuild {source} -t:DeployGateway",
        };
    }

    public string At(string name) => _scratch.At(name);

    public FakeService Service(ServiceRequest request) => Manager.Service(request.Definition);

    public string PathOf(ServiceRequest request) => Manager.Describe(request.Definition).DefinitionPath;

    /// <summary>Sets the machine to the state after a deploy of <paramref name="definition"/>.</summary>
    public void Deployed(ServiceDefinition definition) =>
        Manager.Service(definition).DeployedAs(Manager.Describe(definition));

    public ServiceReport Run(
        Operation operation, ServiceRequest request, CancellationToken? cancellationToken = null) =>
        Assert.Single(Run(operation, [request], cancellationToken));

    public ImmutableArray<ServiceReport> Run(
        Operation operation, IReadOnlyList<ServiceRequest> requests, CancellationToken? cancellationToken = null) =>
        [.. Bounds.Within(() => new Reconciler(Manager, Host, Store, _prober, _journal, Clock, Listener, new PythonDefinition())
            .Run(operation, requests, cancellationToken ?? TestContext.Current.CancellationToken))];

    /// <summary>Waits until an operation in another thread is blocked on the lock of the service, which the test holds.</summary>
    public Task WaitsForLockAsync(ServiceRequest request) => Bounds.UntilAsync(() => ServiceLock.IsHeld(Path.Combine(
        Host.StateFolder(request.Definition.Scope), ".locks", Path.GetFileName(PathOf(request)) + ".next")));

    public void Dispose()
    {
        _prober.Dispose();
        _scratch.Dispose();
    }
}

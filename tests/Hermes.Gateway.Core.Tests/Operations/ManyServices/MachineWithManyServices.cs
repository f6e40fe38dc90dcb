using System.Collections.Immutable;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Operations.ManyServices;

/// <summary>A machine for thousands of services: the whole library on a systemctl in memory.</summary>
internal sealed class MachineWithManyServices : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public MachineWithManyServices()
    {
        Host = Sample.Host(Path.GetDirectoryName(_scratch.At("gateway"))!);
        Systemctl = new FakeSystemctl(Path.Combine(Host.ConfigHome, "systemd", "user"));
        File.WriteAllText(_scratch.At("gateway"), "#!/bin/sh\n");
        File.SetUnixFileMode(_scratch.At("gateway"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(_scratch.At("Gateway.csproj"), "<Project/>");
    }

    public HostContext Host { get; }

    public FakeSystemctl Systemctl { get; }

    /// <summary>Returns requests for <paramref name="count"/> services of one project.</summary>
    public ImmutableArray<ServiceRequest> Requests(int count, string argument = "run") =>
    [
        .. Enumerable.Range(0, count).Select(i => new ServiceRequest
        {
            Manager = "systemd",
            Definition = Sample.Definition($"service-{i:d5}") with
            {
                Program = _scratch.At("gateway"),
                WorkingDirectory = Path.GetDirectoryName(_scratch.At("gateway"))!,
                Source = _scratch.At("Gateway.csproj"),
                Arguments = [argument],
            },
            DeployCommand = Sample.DeployCommand,
            Stability = TimeSpan.Zero,
            Timeout = TimeSpan.FromSeconds(60),
        }),
    ];

    /// <summary>Runs an operation; <see cref="FakeSystemctl.Commands"/> then has the commands of this operation only.</summary>
    public ImmutableArray<ServiceReport> Run(
        Operation operation, ImmutableArray<ServiceRequest> requests, IOperationListener? listener = null)
    {
        Systemctl.Commands.Clear();
        return [.. new GatewayServices(Host, Systemctl, TimeProvider.System) { Listener = listener }
            .Run(operation, requests, TestContext.Current.CancellationToken)];
    }

    public void Dispose() => _scratch.Dispose();
}

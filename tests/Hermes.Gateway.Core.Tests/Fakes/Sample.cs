using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>Service definitions for tests in which their values do not matter, and a systemd manager for them.</summary>
internal static class Sample
{
    public const string DeployCommand = "dotnet msbuild /src/my/Gateway.csproj -t:DeployGateway";

    public static ServiceDefinition Definition(string name = "my-gateway") => new()
    {
        Name = ServiceName.Create(name),
        Identifier = $"{name}.service",
        Description = $"{name} (deployed by Hermes.Gateway)",
        Program = "/opt/my/gateway",
        Arguments = ["run", "two words"],
        WorkingDirectory = "/opt/my",
        Environment = Variables(("MODE", "fast")),
        Source = "/src/my/Gateway.csproj",
        Revision = "r1",
    };

    /// <summary>Returns the definition for launchd, with the name as its label.</summary>
    public static ServiceDefinition Job(string name = "my-gateway") => Definition(name) with { Identifier = name };

    public static ImmutableSortedDictionary<string, string> Variables(params (string Name, string Value)[] variables) =>
        variables.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>Returns a host whose folders are below <paramref name="folder"/> and need not exist. As long as they do
    /// not, systemd counts as not running.</summary>
    public static HostContext Host(string folder) => new HostContext
    {
        UserId = 1000,
        Home = folder,
        ConfigHome = Path.Combine(folder, "config"),
        StateHome = Path.Combine(folder, "state"),
        SearchPath = [],
        IsMacOS = false,
    }.WithFacts(new SystemdHost
    {
        RuntimeFolders = Path.Combine(folder, "run"),
        BootedFolder = Path.Combine(folder, "booted"),
        LingerFolder = Path.Combine(folder, "linger"),
    });

    /// <summary>Returns a systemd manager without a machine, for its functions that run no command.</summary>
    public static SystemdManager Systemd(HostContext host, ServiceScope scope = ServiceScope.User) =>
        new(host, new FakeRunner(), TimeProvider.System, scope, "/usr/bin/systemctl");

    public static DesiredService Desired(ServiceDefinition? definition = null) =>
        Systemd(Host("/home/me"), definition?.Scope ?? ServiceScope.User).Describe(definition ?? Definition());
}

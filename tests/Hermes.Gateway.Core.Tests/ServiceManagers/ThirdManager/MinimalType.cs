using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.ServiceManagers;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.ThirdManager;

/// <summary>The minimal manager's line in the registry.</summary>
internal sealed class MinimalType(MinimalDaemon daemon) : IServiceManagerType
{
    public string Name => "minimal";

    public ImmutableArray<string> Properties { get; } = ["MinimalName"];

    public string IdentifierProperty => "MinimalName";

    public string IdentifierNoun => "entry";

    public DefinitionLimits Limits { get; } = DefinitionLimits.None with { Word = word => word.Contains('!') ? "it contains '!'" : null };

    public bool IsNativeOn(HostContext host) => Directory.Exists(daemon.Folder);

    public ManagerSettings ReadSettings(IPropertyReader properties, ServiceName? name) =>
        new(properties.Text(IdentifierProperty) is { Length: > 0 } given ? given : name?.Value ?? "");

    public IServiceManager Create(ManagerEnvironment environment) => new MinimalManager(daemon);
}

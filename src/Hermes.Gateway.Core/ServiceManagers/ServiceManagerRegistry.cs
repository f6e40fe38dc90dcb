using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.ServiceManagers;

/// <summary>The supported service managers. A further one is a folder beside this file and an item of <c>BuiltIn</c>.</summary>
/// <param name="types">The managers in order of detection: the first that is native on a machine is its manager.</param>
internal sealed class ServiceManagerRegistry(params ImmutableArray<IServiceManagerType> types)
{
    /// <summary>A new manager belongs before <see cref="SystemdType"/>, which takes every machine but Macs.</summary>
    public static ServiceManagerRegistry BuiltIn { get; } = new(new SystemdType(), new LaunchdType());

    public ImmutableArray<IServiceManagerType> Types => types;

    /// <summary>The names, without the prefix <c>HermesGateway</c>, of all managers' own properties.</summary>
    public ImmutableArray<string> Properties { get; } = [.. types.SelectMany(type => type.Properties)];

    /// <summary>Those of <see cref="Properties"/> that set something in a definition.</summary>
    public ImmutableArray<string> DefinitionProperties { get; } = [.. types.SelectMany(type => type.DefinitionProperties)];

    /// <summary>The manager of a machine; null when it is none of these.</summary>
    public IServiceManagerType? FindNative(HostContext host) => types.FirstOrDefault(type => type.IsNativeOn(host));

    /// <summary>The manager of that name; null when there is none.</summary>
    public IServiceManagerType? Find(string name) => types.FirstOrDefault(type => type.Name == name);

    /// <exception cref="ArgumentException">There is no manager of that name.</exception>
    public IServiceManagerType Get(string name) => Find(name) ?? throw new ArgumentException(
        $"'{name}' is none of the service managers {string.Join(", ", types.Select(type => type.Name))}.", nameof(name));
}

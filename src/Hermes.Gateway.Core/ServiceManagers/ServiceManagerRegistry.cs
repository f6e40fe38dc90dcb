using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.ServiceManagers;

/// <summary>The supported service managers. A further manager is a folder beside this file and a line in
/// <see cref="BuiltIn"/>.</summary>
/// <param name="types">The managers in order of detection: the first that is native on a machine is its manager.</param>
internal sealed class ServiceManagerRegistry(params ImmutableArray<IServiceManagerType> types)
{
    /// <summary>The managers that this library brings. A new one belongs before <see cref="SystemdType"/>, which takes every
    /// machine that is not a Mac.</summary>
    public static ServiceManagerRegistry BuiltIn { get; } = new(new SystemdType(), new LaunchdType());

    /// <summary>All managers in order of detection.</summary>
    public ImmutableArray<IServiceManagerType> Types => types;

    /// <summary>The names, without the prefix <c>HermesGateway</c>, of all managers' own properties.</summary>
    public ImmutableArray<string> Properties { get; } = [.. types.SelectMany(type => type.Properties)];

    /// <summary>The manager of a machine; null when it is none of these.</summary>
    public IServiceManagerType? FindNative(HostContext host) => types.FirstOrDefault(type => type.IsNativeOn(host));

    /// <summary>The manager of that name; null when there is none.</summary>
    public IServiceManagerType? Find(string name) => types.FirstOrDefault(type => type.Name == name);

    /// <summary>The manager of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public IServiceManagerType Get(string name) => Find(name) ?? throw new ArgumentException(
        $"'{name}' is none of the service managers {string.Join(", ", types.Select(type => type.Name))}.", nameof(name));
}

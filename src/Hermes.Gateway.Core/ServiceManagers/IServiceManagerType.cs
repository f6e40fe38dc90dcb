using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers;

/// <summary>A kind of service manager, as <see cref="ServiceManagerRegistry"/> lists it: everything that the rest of the
/// library needs to know of the manager before there is an <see cref="IServiceManager"/> to ask.</summary>
internal interface IServiceManagerType
{
    /// <summary>The value of <c>HermesGatewayServiceManager</c> that selects it, also shown in reports.</summary>
    string Name { get; }

    /// <summary>Whether it is the manager of <paramref name="host"/>, when the project does not select one.</summary>
    bool IsNativeOn(HostContext host);

    /// <summary>Why it cannot be selected on <paramref name="host"/>, and what to do instead; null when it can be.</summary>
    (string Problem, string Advice)? FindConflict(HostContext host) => null;

    /// <summary>Its own properties, without the prefix <c>HermesGateway</c>.</summary>
    ImmutableArray<string> Properties { get; }

    /// <summary>The one of <see cref="Properties"/> that sets <see cref="ServiceDefinition.Identifier"/>.</summary>
    string IdentifierProperty { get; }

    /// <summary>What messages call the identifier: <c>unit</c>, <c>label</c>.</summary>
    string IdentifierNoun { get; }

    /// <summary>What its definitions cannot carry.</summary>
    DefinitionLimits Limits { get; }

    /// <summary>Reads and checks its own properties, also when another manager is selected.</summary>
    /// <param name="properties">The properties of one service.</param>
    /// <param name="name">The service's name; null when that has a problem of its own.</param>
    ManagerSettings ReadSettings(IPropertyReader properties, ServiceName? name);

    /// <summary>Makes the manager of one scope. Succeeds also when the manager's command does not exist: then each use of the
    /// command fails with a finding.</summary>
    IServiceManager Create(ManagerEnvironment environment);
}

/// <summary>A manager's own settings of one service.</summary>
/// <param name="Identifier"><see cref="ServiceDefinition.Identifier"/>.</param>
/// <param name="CommandPath">Absolute path of the manager's command; null to search for it.</param>
internal sealed record ManagerSettings(string Identifier, string? CommandPath = null)
{
    /// <summary><see cref="ServiceDefinition.ManagerOptions"/>.</summary>
    public ManagerOptions? Options { get; init; }

    /// <summary>Whether the manager may be configured to run the user's services without a login.</summary>
    public bool RunWithoutLogin { get; init; }
}

/// <summary>The dependencies of a manager of one scope. <paramref name="CommandPath"/> is the absolute path of its command, null to
/// search for it.</summary>
internal sealed record ManagerEnvironment(
    HostContext Host, IProcessRunner Runner, TimeProvider Time, ServiceScope Scope, string? CommandPath)
{
    /// <summary>Returns the path of the manager's command <paramref name="name"/>: as set, else on the search path, else
    /// <paramref name="defaultPath"/>.</summary>
    public string FindCommand(string name, string defaultPath) => Host.FindCommand(name, CommandPath) ?? CommandPath ?? defaultPath;
}

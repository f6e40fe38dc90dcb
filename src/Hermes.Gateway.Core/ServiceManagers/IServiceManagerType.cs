using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers;

/// <summary>A kind of service manager: what must be known of it before there is an <see cref="IServiceManager"/>.</summary>
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

    /// <summary>Those of <see cref="Properties"/> that set <see cref="ServiceDefinition.ManagerOptions"/>: they fit a program, and a
    /// rollback restores them with it.</summary>
    ImmutableArray<string> DefinitionProperties => [];

    /// <summary>The one of <see cref="Properties"/> that sets <see cref="ServiceDefinition.Identifier"/>.</summary>
    string IdentifierProperty { get; }

    /// <summary>What messages call the identifier: <c>unit</c>, <c>label</c>.</summary>
    string IdentifierNoun { get; }

    /// <summary>What its definitions cannot carry.</summary>
    DefinitionLimits Limits { get; }

    /// <summary>Reads and checks its own properties of one service, also when another manager is selected. The service's name is
    /// null when it has a problem of its own.</summary>
    ManagerSettings ReadSettings(IPropertyReader properties, ServiceName? name);

    /// <summary>Makes the manager of one scope. If its command does not exist, each use of that fails with a finding.</summary>
    IServiceManager Create(ManagerEnvironment environment);
}

/// <summary>A manager's own settings of one service.</summary>
internal sealed record ManagerSettings(string Identifier, string? CommandPath = null)
{
    /// <summary><see cref="ServiceDefinition.ManagerOptions"/>.</summary>
    public ManagerOptions? Options { get; init; }

    /// <summary>Whether the manager may be configured to run the user's services without a login.</summary>
    public bool RunWithoutLogin { get; init; }
}

/// <summary>The dependencies of a manager of one scope; its command is searched if <c>CommandPath</c> is null.</summary>
internal sealed record ManagerEnvironment(
    HostContext Host, IProcessRunner Runner, TimeProvider Time, ServiceScope Scope, string? CommandPath)
{
    /// <summary>Returns the path of the manager's command <paramref name="name"/>: as set, else on the search path, else
    /// <paramref name="defaultPath"/>.</summary>
    public string FindCommand(string name, string defaultPath) => Host.FindCommand(name, CommandPath) ?? CommandPath ?? defaultPath;
}

using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>launchd in the <see cref="ServiceManagerRegistry"/>. It can be selected on Linux too, for a simulator.</summary>
internal sealed class LaunchdType : IServiceManagerType
{
    private const string CommandProperty = "LaunchctlPath";

    public string Name => "launchd";

    public ImmutableArray<string> Properties { get; } = ["Label", CommandProperty];

    public string IdentifierProperty => "Label";

    public string IdentifierNoun => "label";

    public DefinitionLimits Limits { get; } = new(
        PlistLimits.FindPathProblem, PlistLimits.FindPathProblem, PlistLimits.FindPathProblem,
        PlistLimits.FindVariableProblem, PlistLimits.FindWordProblem, _ => null);

    public bool IsNativeOn(HostContext host) => host.IsMacOS;

    public ManagerSettings ReadSettings(IPropertyReader properties, ServiceName? name) =>
        new(ReadLabel(properties, name), properties.Path(CommandProperty));

    public IServiceManager Create(ManagerEnvironment environment) => new LaunchdManager(
        environment.Host, environment.Runner, environment.Scope, environment.FindCommand("launchctl", "/bin/launchctl"));

    /// <summary>The label when none is set: the gateway's own names get the prefix <c>ai.hermes.</c>, under which the Python
    /// gateway registers itself; any other name is its own label.</summary>
    public static string DefaultLabel(ServiceName name) =>
        name.Value == ServiceName.Default || name.Value.StartsWith(ServiceName.Default + "-", StringComparison.Ordinal)
            ? "ai.hermes." + name.Value["hermes-".Length..]
            : name.Value;

    private string ReadLabel(IPropertyReader properties, ServiceName? name)
    {
        var label = properties.Text(IdentifierProperty);
        if (label.Length == 0) return name is null ? "" : DefaultLabel(name);
        if (!ServiceName.TryCreate(label, out _, out var problem))
            properties.Add(DiagnosticCatalog.InvalidName, IdentifierProperty,
                $"'{RequestReader.Printable(label)}' is not a label: {problem}.",
                "set HermesGatewayLabel to a name like org.example.my-gateway");
        return label;
    }
}

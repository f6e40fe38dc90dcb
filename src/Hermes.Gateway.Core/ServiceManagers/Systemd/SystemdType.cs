using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>systemd in the <see cref="ServiceManagerRegistry"/>.</summary>
internal sealed class SystemdType : IServiceManagerType
{
    private const string Suffix = ".service";
    private const string CommandProperty = "SystemctlPath";
    private const string TypeProperty = "SystemdType";
    private const string LingerProperty = "EnableLinger";

    public string Name => "systemd";

    public ImmutableArray<string> Properties { get; } = ["UnitName", TypeProperty, CommandProperty, LingerProperty];

    public ImmutableArray<string> DefinitionProperties { get; } = [TypeProperty];

    public string IdentifierProperty => "UnitName";

    public string IdentifierNoun => "unit";

    public DefinitionLimits Limits { get; } = new(
        UnitLimits.FindProgramProblem, UnitLimits.FindDirectoryProblem, UnitLimits.FindFileProblem,
        DefinitionKeys.FindVariableProblem, UnitLimits.FindWordProblem, argv => UnitLimits.FindCommandProblem(argv));

    public bool IsNativeOn(HostContext host) => !host.IsMacOS;

    public (string Problem, string Advice)? FindConflict(HostContext host) => host.IsMacOS
        ? ("there is no systemd on macOS.", "leave HermesGatewayServiceManager out, or set it to launchd")
        : null;

    public ManagerSettings ReadSettings(IPropertyReader properties, ServiceName? name)
    {
        var type = properties.Word(TypeProperty, "exec", "notify", "simple");
        return new ManagerSettings(ReadUnitName(properties, name), properties.Path(CommandProperty))
        {
            Options = new SystemdOptions(Enum.Parse<SystemdServiceType>(type, ignoreCase: true)),
            RunWithoutLogin = properties.Word(LingerProperty, "false", "true") == "true",
        };
    }

    public IServiceManager Create(ManagerEnvironment environment) => new SystemdManager(
        SystemdHost.Resolve(environment.Host), environment.Runner, environment.Time, environment.Scope,
        environment.FindCommand("systemctl", "/usr/bin/systemctl"));

    /// <summary>The unit's name when none is set: <c>NAME.service</c>.</summary>
    public static string DefaultUnitName(ServiceName name) => name.Value + Suffix;

    private string ReadUnitName(IPropertyReader properties, ServiceName? name)
    {
        var unit = properties.Text(IdentifierProperty);
        if (unit.Length == 0) return name is null ? "" : DefaultUnitName(name);
        if (!unit.EndsWith(Suffix, StringComparison.Ordinal) || !ServiceName.TryCreate(unit[..^Suffix.Length], out _, out _))
            properties.Add(DiagnosticCatalog.InvalidName, IdentifierProperty,
                $"'{RequestReader.Printable(unit)}' is not a service unit's name.",
                "set HermesGatewayUnitName to a name like my-gateway.service");
        return unit;
    }
}

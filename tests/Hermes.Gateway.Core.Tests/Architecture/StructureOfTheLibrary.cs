using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Dependencies;
using ArchUnitNET.Loader;
using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Core.Tests.Architecture;

/// <summary>The rules of the library's structure, read from the compiled assembly. A constant of another type is invisible
/// here: the compiler copies its value. Each exception names one type and the reason. An exception whose dependency no longer
/// exists fails too, so that the lists only shrink.</summary>
public sealed class StructureOfTheLibrary
{
    private const string Root = "Hermes.Gateway.Core.";
    private const string Systemd = "ServiceManagers.Systemd";
    private const string Launchd = "ServiceManagers.Launchd";
    private const string Preset = "HermesAgent";

    private static readonly ArchUnitNET.Domain.Architecture Core =
        new ArchLoader().LoadAssembly(typeof(GatewayServices).Assembly).Build();

    [Fact]
    public void Core_does_not_reference_MSBuild()
    {
        Assert.Empty(Dependencies("", target => target.StartsWith("Microsoft.Build", StringComparison.Ordinal)));
        Assert.DoesNotContain(
            typeof(GatewayServices).Assembly.GetReferencedAssemblies(),
            assembly => assembly.Name!.StartsWith("Microsoft.Build", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Operations",
        // GatewayServices passes the preset's adoption hook to the phases.
        "Operations.GatewayServices -> HermesAgent.PythonDefinition")]
    [InlineData("Input",
        // ServiceInput contains the raw values of the preset.
        "Input.ServiceInput -> HermesAgent.AgentInput")]
    [InlineData("Definitions")]
    [InlineData("Releases")]
    [InlineData("Reporting")]
    [InlineData("Host")]
    [InlineData("Health")]
    [InlineData("Storage")]
    [InlineData("Redaction")]
    [InlineData("Processes")]
    [InlineData("Diagnostics")]
    public void Neutral_folder_depends_on_no_manager_and_no_preset(string folder, params string[] exceptions) =>
        Assert.Equal(exceptions, Dependencies(folder, target => IsIn(target, Systemd) || IsIn(target, Launchd) || IsIn(target, Preset)));

    [Theory]
    [InlineData(Systemd, Launchd)]
    [InlineData(Launchd, Systemd)]
    public void Manager_depends_on_no_other_manager(string manager, string other) =>
        Assert.Empty(Dependencies(manager, target => IsIn(target, other)));

    [Fact]
    public void Only_the_registry_lists_the_managers() => Assert.Equal(
        [
            "ServiceManagers.ServiceManagerRegistry -> ServiceManagers.Launchd.LaunchdType",
            "ServiceManagers.ServiceManagerRegistry -> ServiceManagers.Systemd.SystemdType",
        ],
        Dependencies("ServiceManagers", target => IsIn(target, Systemd) || IsIn(target, Launchd))
            .Where(dependency => !IsIn(Root + dependency, Systemd) && !IsIn(Root + dependency, Launchd)));

    [Fact]
    public void Only_the_Processes_folder_starts_processes() => Assert.Equal(
        ["Processes.CliWrapProcessRunner"],
        Core.Types.Where(type => type.Dependencies.Any(StartsProcess)).Select(type => OuterName(type.FullName)).Distinct()
            .Where(name => name.StartsWith("Processes.CliWrap", StringComparison.Ordinal)
                || !name.StartsWith("Processes.", StringComparison.Ordinal)));

    [Fact]
    public void Public_types_are_the_listed_ones() => Assert.Equal(
        File.ReadAllLines(Repository.PathOf("tests", "Hermes.Gateway.Core.Tests", "Architecture", "PublicTypes.txt")),
        typeof(GatewayServices).Assembly.GetExportedTypes().Select(type => type.FullName![Root.Length..].Replace('+', '.')).Order(StringComparer.Ordinal));

    // Other members of Process, such as the start time, only read.
    private static bool StartsProcess(ITypeDependency dependency) =>
        IsInNamespace(dependency.Target.FullName, "CliWrap")
        || dependency.Target.FullName == "System.Diagnostics.ProcessStartInfo"
        || (dependency is MethodCallDependency { TargetMember: { DeclaringType.FullName: "System.Diagnostics.Process" } member }
            && (member.Name.StartsWith("Start(", StringComparison.Ordinal) || member.Name.StartsWith(".ctor(", StringComparison.Ordinal)));

    // Returns each dependency as "A -> B": outermost types without the root namespace, sorted.
    private static IEnumerable<string> Dependencies(string folder, Func<string, bool> isTarget) => Core.Types
        .Where(type => folder.Length == 0 || IsIn(type.FullName, folder))
        .SelectMany(type => type.Dependencies.Select(dependency => dependency.Target.FullName).Where(isTarget)
            .Select(target => $"{OuterName(type.FullName)} -> {OuterName(target)}"))
        .Distinct().Order(StringComparer.Ordinal);

    private static bool IsIn(string fullName, string folder) => IsInNamespace(fullName, Root + folder);

    private static bool IsInNamespace(string fullName, string space) => fullName.StartsWith(space + ".", StringComparison.Ordinal);

    private static string OuterName(string fullName)
    {
        var name = fullName.StartsWith(Root, StringComparison.Ordinal) ? fullName[Root.Length..] : fullName;
        return name.Split('+', '`', '<')[0];
    }
}

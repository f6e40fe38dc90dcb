using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hermes.Gateway.Package.Tests.Infra;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Package.Tests.Package;

/// <summary>The names that projects rely on: a change here can break a user's build.</summary>
[Collection(ContentCollection.Name)]
public sealed partial class MSBuildContract(PackageFixture package)
{
    [Fact]
    public Task Is_the_golden_file() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        var status = (await sandbox.TargetAsync("msbuild", project, "GatewayStatus")).Succeeded().Service;

        Golden.AssertEqual("msbuild-contract.txt",
        [
            "# targets", .. Targets("build"),
            "", "# targets of a project with TargetFrameworks", .. Targets("buildMultiTargeting"),
            "", "# properties", .. Properties(),
            "", "# items", .. Items(),
            "", "# metadata of HermesGatewayService", .. ServiceMetadata(),
            "", "# metadata of results", .. status.OwnMetadata.Order(StringComparer.Ordinal),
            "", "# tasks", .. Tasks(),
        ]);
    });

    [Fact]
    public Task Has_the_same_targets_for_one_and_several_frameworks() => package.WithBuiltWorkerAsync((_, _) =>
    {
        Assert.Equal(Targets("build"), Targets("buildMultiTargeting"));
        return Task.CompletedTask;
    });

    private IEnumerable<string> Targets(string folder) => Elements(folder)
        .Where(element => element.Name.LocalName == "Target" && IsPublic(Name(element)))
        .Select(element => $"{Name(element)} returns {element.Attribute("Returns")?.Value}")
        .Order(StringComparer.Ordinal);

    private IEnumerable<string> Properties()
    {
        var defaults = Elements("build")
            .Where(element => element.Parent?.Name.LocalName == "PropertyGroup" && IsPublic(element.Name.LocalName))
            .ToDictionary(element => element.Name.LocalName, element => element.Value);
        var read = Files("build").Concat(Files("buildMultiTargeting"))
            .SelectMany(file => PropertyReference().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value);
        return defaults.Keys.Concat(read).Distinct().Order(StringComparer.Ordinal)
            .Select(name => defaults.TryGetValue(name, out var value) ? $"{name} = {value}" : name);
    }

    private IEnumerable<string> Items() => Files("build")
        .SelectMany(file => ItemReference().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value)
        .Distinct().Order(StringComparer.Ordinal);

    private IEnumerable<string> ServiceMetadata() => Elements("build")
        .Where(element => element.Parent?.Name.LocalName == "_HermesGatewayDefaults"
            && (element.Value == $"$(HermesGateway{element.Name.LocalName})" || element.Value == $"$({element.Name.LocalName})"))
        .Select(element => element.Name.LocalName).Order(StringComparer.Ordinal);

    private List<string> Tasks()
    {
        var context = new AssemblyLoadContext(null, isCollectible: true);
        var folder = Path.Combine(package.Extracted, "tasks", "net10.0");
        // MSBuild's own assemblies come from this process, as they come from MSBuild at run time.
        context.Resolving += (_, name) => Path.Combine(folder, $"{name.Name}.dll") is var file && File.Exists(file)
            ? context.LoadFromAssemblyPath(file)
            : null;
        var tasks = context.LoadFromAssemblyPath(Path.Combine(folder, "Hermes.Gateway.Tasks.dll")).GetExportedTypes()
            .Where(type => typeof(ITask).IsAssignableFrom(type) && !type.IsAbstract)
            .OrderBy(type => type.FullName, StringComparer.Ordinal).ToList();
        Assert.NotEmpty(tasks);
        Assert.All(tasks, task => Assert.True(task.IsSealed));
        Assert.All(tasks, task => Assert.Contains(
            task.GetCustomAttributesData(), data => data.AttributeType.Name == "MSBuildMultiThreadableTaskAttribute"));
        return [.. tasks.SelectMany(task => Parameters(task).Prepend(task.FullName!))];
    }

    private static IEnumerable<string> Parameters(Type task) => task
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.DeclaringType!.Assembly == task.Assembly)
        .Where(property => property.Name != nameof(IMultiThreadableTask.TaskEnvironment))
        .OrderBy(property => property.Name, StringComparer.Ordinal)
        .Select(property => $"  {property.Name}: {property.PropertyType.Name}"
            + (property.IsDefined(typeof(RequiredAttribute)) ? ", required" : "")
            + (property.IsDefined(typeof(OutputAttribute)) ? ", output" : ""));

    private IEnumerable<XElement> Elements(string folder) => Files(folder).SelectMany(file => XDocument.Load(file).Descendants());

    // The file of the public targets is shared: both folders' entry files import it.
    private IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Path.Combine(package.Extracted, folder))
        .Append(Path.Combine(package.Extracted, "build", "Hermes.Gateway.Verbs.targets")).Distinct();

    private static string Name(XElement element) => element.Attribute("Name")!.Value;

    private static bool IsPublic(string name) => name[0] != '_';

    [GeneratedRegex(@"\$\((Hermes(?:Gateway|Agent)\w+)\)")]
    private static partial Regex PropertyReference();

    [GeneratedRegex(@"@\((HermesGateway\w+)\)")]
    private static partial Regex ItemReference();
}

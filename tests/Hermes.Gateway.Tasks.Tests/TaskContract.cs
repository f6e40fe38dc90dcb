using System.Reflection;
using System.Xml.Linq;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks.Tests;

/// <summary>What MSBuild and its users rely on, for every public task.</summary>
public class TaskContract
{
    private static readonly Assembly Tasks = typeof(GatewayTask).Assembly;

    private static readonly string[] Public =
    [
        "GetGatewayServiceHistory", "GetGatewayServiceStatus", "InstallGatewayService", "RestartGatewayService", "RollbackGatewayService",
        "StartGatewayService", "StopGatewayService", "UninstallGatewayService", "VerifyGatewayService",
    ];

    private static IEnumerable<Type> Types =>
        Tasks.GetExportedTypes().Where(type => typeof(ITask).IsAssignableFrom(type) && !type.IsAbstract);

    public static TheoryData<Type> All => [.. Types];

    [Fact]
    public void Public_tasks_are_exactly_the_documented_ones() => Assert.Equal(
        Public, Types.Select(type => type.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(All))]
    public void Every_task_is_sealed_multithreadable_and_cancelable(Type task)
    {
        Assert.True(task.IsSealed);
        // MSBuild looks at the class itself, by full name, and not at its base.
        Assert.Contains(
            task.GetCustomAttributesData(), one => one.AttributeType.FullName == "Microsoft.Build.Framework.MSBuildMultiThreadableTaskAttribute");
        Assert.True(typeof(IMultiThreadableTask).IsAssignableFrom(task));
        Assert.True(typeof(ICancelableTask).IsAssignableFrom(task));
        Assert.NotNull(task.GetConstructor(Type.EmptyTypes));
        Assert.Equal("Hermes.Gateway.Tasks", task.Namespace);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_task_and_property_has_XML_documentation(Type task)
    {
        var documented = XDocument.Load(Path.ChangeExtension(Tasks.Location, ".xml"))
            .Descendants("member").Where(member => member.HasElements).Select(member => (string?)member.Attribute("name")).ToHashSet();

        Assert.Contains($"T:{task.FullName}", documented);
        foreach (var property in task.GetProperties().Where(property => property.DeclaringType!.Assembly == Tasks))
            Assert.Contains($"P:{property.DeclaringType!.FullName}.{property.Name}", documented);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_task_has_the_documented_parameters(Type task)
    {
        var properties = task.GetProperties().Where(property => property.DeclaringType!.Assembly == Tasks).ToDictionary(property => property.Name);

        Assert.NotNull(properties["Services"].GetCustomAttribute<RequiredAttribute>());
        Assert.NotNull(properties["Results"].GetCustomAttribute<OutputAttribute>());
        Assert.Equal(typeof(ITaskItem[]), properties["Results"].PropertyType);
        Assert.Single(properties.Values, property => property.GetCustomAttribute<RequiredAttribute>() is not null);
    }

    [Fact]
    public void Tasks_have_no_mutable_static_state() => Assert.All(
        Tasks.GetTypes().SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(one => !one.Name.Contains('<', StringComparison.Ordinal)),
        one => Assert.True(one.IsInitOnly || one.IsLiteral, $"{one.DeclaringType}.{one.Name}"));
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Tests.Docs;

/// <summary>Compares the values that the documentation lists with the enumerations and the input checks of the code.</summary>
public partial class DocumentedValues
{
    public static TheoryData<string, string[]> ValuesOfResults => new()
    {
        { "Scope", Words<ServiceScope>() },
        { "Released", Words<ReleasedState>() },
        { "Installed", Words<InstalledState>() },
        { "Loaded", Words<LoadedState>() },
        { "Running", Words<RunningState>() },
        { "Enabled", Words<Answer>() },
        { "Outcome", Words<Outcome>() },
    };

    [Theory]
    [MemberData(nameof(ValuesOfResults))]
    public void Tables_of_results_list_all_values(string metadata, string[] values)
    {
        var rows = Read("properties.md").Split('\n').Where(line => line.StartsWith($"| `{metadata}` | `", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal(values, WordsIn(row.Split('|')[2])));
    }

    [Theory]
    [InlineData("HGW0003", "HermesGatewayAllowTemporary")] // read with the preset
    [InlineData("HGW0005", "HermesGatewayHistoryCount")]   // read by the task
    public void Section_of_a_code_names_each_property_that_can_cause_it(string code, string readElsewhere)
    {
        var section = Read("diagnostics.md").Split($"\n## {code}\n")[1].Split("\n## ")[0];
        var named = Property().Matches(section).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(CausesOf(code).Append(readElsewhere).Order(StringComparer.Ordinal), named);
    }

    // Sets each property in turn to a value that is invalid as a word, a number and a path.
    private static IEnumerable<string> CausesOf(string code)
    {
        foreach (var property in typeof(ServiceInput).GetProperties())
        {
            object? value = property.PropertyType == typeof(string) ? "neither-word-nor-number"
                : property.PropertyType == typeof(ImmutableArray<string>)
                    ? ImmutableArray.Create("neither-word-nor-number")
                : null;
            if (value is null || !property.CanWrite) continue;
            var input = new ServiceInput { Name = "a", Program = "/bin/sh", Source = "/a/b.csproj" };
            property.SetValue(input, value);
            if (HasCause(input)) yield return $"HermesGateway{property.Name}";
        }

        foreach (var property in RequestReader.ManagerProperties)
            if (HasCause(new ServiceInput { Name = "a", Program = "/bin/sh", Source = "/a/b.csproj" }.With(property, "neither-word-nor-number")))
                yield return $"HermesGateway{property}";

        bool HasCause(ServiceInput input) =>
            RequestReader.Read([input], HostContext.Resolve(_ => null)).Problems.Any(problem => problem.Code == code);
    }

    private static string[] Words<T>() where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(value => ReportText.Word(value)).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> WordsIn(string cell) =>
        Code().Matches(cell).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);

    private static string Read(string page) => File.ReadAllText(Repository.PathOf("docs", page));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\bHermesGateway\w+")]
    private static partial Regex Property();
}

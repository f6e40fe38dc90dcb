using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Core.Tests.Docs;

/// <summary>Compares the values that the documentation lists with the enumerations and the input checks of the code.</summary>
public partial class DocumentedValuesTests
{
    private static readonly string Docs = FindDocs();

    [Theory]
    [InlineData("Scope", typeof(ServiceScope))]
    [InlineData("Installed", typeof(InstalledState))]
    [InlineData("Loaded", typeof(LoadedState))]
    [InlineData("Running", typeof(RunningState))]
    [InlineData("Enabled", typeof(Answer))]
    [InlineData("Outcome", typeof(Outcome))]
    public void The_tables_of_results_list_all_values(string metadata, Type values)
    {
        var expected = Enum.GetValues(values).Cast<Enum>().Select(Word).Order(StringComparer.Ordinal).ToList();
        var rows = Read("properties.md").Split('\n').Where(line => line.StartsWith($"| `{metadata}` | `", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal(expected, WordsOf(row.Split('|')[2])));
    }

    [Theory]
    [InlineData("HGW0003", "HermesGatewayAllowTemporary")] // read with the preset
    [InlineData("HGW0005", "HermesGatewayHistoryCount")]   // read by the task
    public void The_section_of_a_code_names_each_property_that_can_cause_it(string code, string readElsewhere)
    {
        var section = Read("diagnostics.md").Split($"\n## {code}\n")[1].Split("\n## ")[0];
        var named = Property().Matches(section).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(CausesOf(code).Append(readElsewhere).Order(StringComparer.Ordinal), named);
    }

    // Gives each property in turn a value that is no word, no number and no path.
    private static IEnumerable<string> CausesOf(string code)
    {
        foreach (var property in typeof(ServiceInput).GetProperties())
        {
            object? value = property.PropertyType == typeof(string) ? "neither-word-nor-number"
                : property.PropertyType == typeof(System.Collections.Immutable.ImmutableArray<string>)
                    ? System.Collections.Immutable.ImmutableArray.Create("neither-word-nor-number")
                : null;
            if (value is null || !property.CanWrite) continue;
            var input = new ServiceInput { Name = "a", Program = "/bin/sh", Source = "/a/b.csproj" };
            property.SetValue(input, value);
            var (_, problems) = RequestReader.Read([input], isMacOS: false);
            if (problems.Any(problem => problem.Code == code)) yield return $"HermesGateway{property.Name}";
        }
    }

    private static string Word(Enum value) =>
        Hyphen().Replace(value.ToString(), "-$1").ToLowerInvariant();

    private static List<string> WordsOf(string cell) =>
        [.. Code().Matches(cell).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

    private static string Read(string page) => File.ReadAllText(Path.Combine(Docs, page));

    private static string FindDocs()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Hermes.sln"))) return Path.Combine(folder, "docs");
        throw new InvalidOperationException("not in a checkout");
    }

    [GeneratedRegex("(?<=.)([A-Z])")]
    private static partial Regex Hyphen();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\bHermesGateway\w+")]
    private static partial Regex Property();
}

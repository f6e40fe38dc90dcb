using System.Collections.Immutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Docs;

/// <summary>docs/properties.md says what build/ and the tasks do.</summary>
public sealed partial class DocumentationTables
{
    private static readonly string[] Header = ["property", "default", "metadata", "meaning"];

    private static IReadOnlyList<string[]> Rows => MarkdownPage.Read("docs/properties.md").Table(Header);

    private static IEnumerable<string> Metadata =>
        Rows.Where(row => row[2] == "yes").Select(row => MetadataOf(NameOf(row)));

    [Fact]
    public void List_every_property_that_the_package_reads()
    {
        var read = Directory.EnumerateFiles(Repository.PathOf("build"), "*", SearchOption.AllDirectories)
            .SelectMany(file => PropertyReference().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value);

        Assert.Equal(read.Distinct().Order(StringComparer.Ordinal), Rows.Select(NameOf).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Have_the_defaults_of_the_props_file()
    {
        var defaults = XDocument.Load(Repository.PathOf("build", "Hermes.Gateway.Tasks.props")).Descendants("PropertyGroup")
            .Elements().Where(element => element.Name.LocalName.StartsWith("HermesGateway", StringComparison.Ordinal))
            .Select(element => $"{element.Name.LocalName} = `{element.Value}`");
        // A default that is computed is told in words.
        var told = Rows.Where(row => row[1].StartsWith('`')).Select(row => $"{NameOf(row)} = {row[1]}");

        Assert.Equal(defaults.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Mark_as_metadata_what_targets_pass_and_tasks_read()
    {
        var marked = Metadata.Order(StringComparer.Ordinal).ToList();
        var passed = XDocument.Load(Repository.PathOf("build", "Hermes.Gateway.Tasks.targets"))
            .Descendants("_HermesGatewayDefaults").Elements().Select(element => (Name: element.Name.LocalName, element.Value))
            .Where(element => MetadataOf(element.Value.Trim('$', '(', ')')) == element.Name).Select(element => element.Name);

        Assert.Equal(marked, passed.Order(StringComparer.Ordinal));
        Assert.Equal(marked, Matches(ReadMetadata()).Concat(RequestReader.ManagerProperties).Order(StringComparer.Ordinal));
        Assert.All(Rows, row => Assert.Contains(row[2], new[] { "yes", "no", "the item" }));
    }

    [Fact]
    public void List_all_metadata_that_pages_use()
    {
        var services = MarkdownPage.Names.SelectMany(name => MarkdownPage.Read(name).Text.Split("<HermesGatewayService ").Skip(1));
        var used = services.SelectMany(text => Attribute().Matches(text.Split('>')[0])).Select(match => match.Groups["name"].Value);

        Assert.Contains("Restart", used);
        Assert.Empty(used.Except([.. Metadata, "Include"]));
    }

    [Fact]
    public void List_the_metadata_of_result_items()
    {
        var page = MarkdownPage.Read("docs/properties.md");
        var rows = new[] { "a result", "a history entry", "a release" }.SelectMany(item => page.Table($"metadata of {item}", "values"));

        Assert.Equal(Matches(WrittenMetadata()), rows.Select(NameOf).Distinct());
    }

    [Fact]
    public void Agree_with_the_short_tables_of_the_readme()
    {
        var all = Rows.ToDictionary(NameOf, row => row[1]);
        var few = MarkdownPage.Read("README.md").Table("property", "default", "meaning");

        Assert.InRange(few.Count, 5, 12);
        Assert.All(few, row => Assert.Equal(all[NameOf(row)], row[1]));
    }

    [Fact]
    public void Have_the_defaults_of_the_library()
    {
        var said = Rows.Where(row => row[1].StartsWith('`')).ToDictionary(NameOf, row => row[1].Trim('`'));
        var nothing = new ServiceInput { Name = said["HermesGatewayName"], Program = "/bin/sh", Source = "/a/b.csproj" };

        Assert.Equal(Read((nothing with
        {
            Scope = said["HermesGatewayScope"],
            ServiceManager = said["HermesGatewayServiceManager"],
            Restart = said["HermesGatewayRestart"],
            TimeoutSeconds = said["HermesGatewayTimeoutSeconds"],
            StabilitySeconds = said["HermesGatewayStabilitySeconds"],
            TakeOver = said["HermesGatewayTakeOver"],
            Rollback = said["HermesGatewayRollback"],
        }).With("SystemdType", said["HermesGatewaySystemdType"]).With("EnableLinger", said["HermesGatewayEnableLinger"])), Read(nothing));

        static string Read(ServiceInput input)
        {
            var (requests, problems) = RequestReader.Read([input], HostContext.Resolve(_ => null));
            Assert.Empty(problems);
            // Arrays are equal only when they are the same.
            var definition = requests[0].Definition with { Arguments = ImmutableArray<string>.Empty };
            return $"{requests[0] with { Definition = definition }}";
        }
    }

    // The names of the preset's own are the same everywhere.
    private static string MetadataOf(string property) =>
        property.StartsWith("HermesGateway", StringComparison.Ordinal) ? property["HermesGateway".Length..] : property;

    private static string NameOf(string[] row) => row[0].Trim('`');

    private static IEnumerable<string> Matches(Regex regex) =>
        regex.Matches(File.ReadAllText(Repository.PathOf("src", "Hermes.Gateway.Tasks", "ServiceItems.cs")))
            .Select(match => match.Groups["name"].Value).Distinct();

    // One that is put together from others, or of the build alone, begins with an underscore.
    [GeneratedRegex(@"\$\((?<name>Hermes(Gateway|Agent)\w+)\)")]
    private static partial Regex PropertyReference();

    [GeneratedRegex(@"(?<name>\w+)=""")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"\b(Text|ReadList)\(""(?<name>\w+)""\)")]
    private static partial Regex ReadMetadata();

    [GeneratedRegex(@"\bSet\(""(?<name>\w+)"",")]
    private static partial Regex WrittenMetadata();
}

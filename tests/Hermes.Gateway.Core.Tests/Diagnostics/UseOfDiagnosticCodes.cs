using System.Reflection;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Diagnostics;

namespace Hermes.Gateway.Core.Tests.Diagnostics;

public partial class UseOfDiagnosticCodes
{
    private static readonly Dictionary<string, string> Names = typeof(DiagnosticCatalog)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.FieldType == typeof(DiagnosticDescriptor))
        .ToDictionary(field => ((DiagnosticDescriptor)field.GetValue(null)!).Code, field => field.Name);

    [Fact]
    public void Each_code_is_used_in_the_sources()
    {
        var sources = Repository.Sources("src").Where(file => Path.GetFileName(file) != "DiagnosticCatalog.cs")
            .Concat(Directory.EnumerateFiles(Repository.PathOf("build"), "*.targets", SearchOption.AllDirectories));

        Assert.Empty(Unmentioned(sources));
    }

    [Fact]
    public void Each_code_is_used_in_a_test()
    {
        // The tests of the catalog mention codes without a situation that reports them.
        var others = Repository.PathOf("tests", "Hermes.Gateway.Core.Tests", "Diagnostics");

        Assert.Empty(Unmentioned(Repository.Sources("tests").Where(file => Path.GetDirectoryName(file) != others)));
    }

    private static IEnumerable<string> Unmentioned(IEnumerable<string> files)
    {
        var mentions = files.Select(File.ReadAllText).Select(text => Comment().Replace(text, ""))
            .SelectMany(text => Mention().Matches(text)).Select(match => match.Groups["word"].Value)
            .ToHashSet(StringComparer.Ordinal);
        return Names.Where(pair => !mentions.Contains(pair.Key) && !mentions.Contains(pair.Value))
            .Select(pair => $"{pair.Key} {pair.Value}");
    }

    [GeneratedRegex(@"(^|\s)//[^\n]*|<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"""(?<word>HGW\d{4})""|\bDiagnosticCatalog\.(?<word>\w+)")]
    private static partial Regex Mention();
}

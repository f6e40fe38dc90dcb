using Hermes.Gateway.Core.Diagnostics;

namespace Hermes.Gateway.Core.Tests.Diagnostics;

public class DocumentationOfDiagnostics
{
    private static string Page => Repository.PathOf("docs", "diagnostics.md");

    [Fact]
    public void Each_code_has_one_section_in_the_documentation()
    {
        var lines = File.ReadAllLines(Page);
        var sections = lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]);

        Assert.Equal(DiagnosticCatalog.All.Select(descriptor => descriptor.Code).Order(StringComparer.Ordinal), sections);
    }

    [Fact]
    public void Each_section_of_the_documentation_begins_with_the_title_of_its_code()
    {
        var lines = File.ReadAllLines(Page);

        Assert.All(DiagnosticCatalog.All, descriptor =>
            Assert.StartsWith($"**{descriptor.Title}.** ", lines[Array.IndexOf(lines, $"## {descriptor.Code}") + 2], StringComparison.Ordinal));
    }
}

using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Package;

/// <summary>What is in the package, and what is not.</summary>
[Collection(PackageCollection.Name)]
public sealed class ItsFiles(PackageFixture package)
{
    [Fact]
    public void Are_exactly_these()
    {
        using var archive = ZipFile.OpenRead(package.File);

        Golden.AssertEqual("package-files.txt", archive.Entries
            .Select(entry => entry.FullName.Replace(package.Version, "VERSION", StringComparison.Ordinal))
            .Select(name => Regex.Replace(name, "[0-9a-f]{32}", "ID"))
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Include_no_assembly_of_MSBuild()
    {
        using var archive = ZipFile.OpenRead(package.File);

        Assert.DoesNotContain(archive.Entries, entry => entry.Name.StartsWith("Microsoft.Build", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Depend_on_no_other_package()
    {
        var metadata = ReadNuspec();

        Assert.DoesNotContain(metadata.Descendants(), element => element.Name.LocalName is "dependency" or "frameworkReference");
        Assert.Equal("true", metadata.Elements().Single(element => element.Name.LocalName == "developmentDependency").Value);
    }

    [Fact]
    public void Have_a_readme_and_a_license_that_the_package_names()
    {
        using var archive = ZipFile.OpenRead(package.File);
        var metadata = ReadNuspec();

        Assert.NotNull(archive.GetEntry(metadata.Elements().Single(element => element.Name.LocalName == "readme").Value));
        Assert.Equal("MIT", metadata.Elements().Single(element => element.Name.LocalName == "license").Value);
    }

    private XElement ReadNuspec()
    {
        using var archive = ZipFile.OpenRead(package.File);
        using var nuspec = archive.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(nuspec).Root!.Elements().Single();
    }
}

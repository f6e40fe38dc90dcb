using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Package;

/// <summary>What is in the package, and what is not.</summary>
[Collection(ContentCollection.Name)]
public sealed class PackageFiles(PackageFixture package)
{
    [Fact]
    public void Are_those_of_the_golden_file()
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
    public void Have_no_package_dependencies()
    {
        var metadata = ReadNuspec();

        Assert.DoesNotContain(metadata.Descendants(), element => element.Name.LocalName is "dependency" or "frameworkReference");
        Assert.Equal("true", metadata.Elements().Single(element => element.Name.LocalName == "developmentDependency").Value);
    }

    [Fact]
    public void Include_the_readme_and_license_that_the_manifest_names()
    {
        using var archive = ZipFile.OpenRead(package.File);
        var metadata = ReadNuspec();

        Assert.NotNull(archive.GetEntry(metadata.Elements().Single(element => element.Name.LocalName == "readme").Value));
        Assert.Equal("MIT", metadata.Elements().Single(element => element.Name.LocalName == "license").Value);
    }

    [Fact]
    public void Include_the_license_of_every_third_party_assembly()
    {
        using var archive = ZipFile.OpenRead(package.File);
        using var notices = new StreamReader(archive.GetEntry("THIRD-PARTY-NOTICES.md")!.Open());
        var text = notices.ReadToEnd();
        var others = archive.Entries.Select(entry => entry.Name).Distinct()
            .Where(name => name.EndsWith(".dll", StringComparison.Ordinal) && !name.StartsWith("Hermes.Gateway.", StringComparison.Ordinal));

        Assert.Equal(["CliWrap.dll"], others);
        Assert.Contains("CliWrap.dll, from <https://github.com/Tyrrrz/CliWrap>, is under the MIT License", text, StringComparison.Ordinal);
        Assert.Contains("Copyright (C) Oleksii Holub", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Include_an_icon_of_128_pixels_that_the_manifest_names()
    {
        using var archive = ZipFile.OpenRead(package.File);
        var name = ReadNuspec().Elements().Single(element => element.Name.LocalName == "icon").Value;
        using var icon = archive.GetEntry(name)!.Open();
        var head = new byte[24];
        icon.ReadExactly(head);

        Assert.Equal("PNG", Encoding.ASCII.GetString(head, 1, 3));
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(16)));
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(20)));
    }

    [Fact]
    public void Have_embedded_symbols()
    {
        using var archive = ZipFile.OpenRead(package.File);
        foreach (var entry in archive.Entries.Where(entry =>
            entry.Name.StartsWith("Hermes.Gateway.", StringComparison.Ordinal) && entry.Name.EndsWith(".dll", StringComparison.Ordinal)))
        {
            using var assembly = PackedAssembly.Read(entry);

            Assert.Contains(assembly.ReadDebugDirectory(), item => item.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
            // The same sources give the same bytes, which the symbols say too.
            Assert.Contains(assembly.ReadDebugDirectory(), item => item.Type == DebugDirectoryEntryType.Reproducible);
        }
    }

    private XElement ReadNuspec()
    {
        using var archive = ZipFile.OpenRead(package.File);
        using var nuspec = archive.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(nuspec).Root!.Elements().Single();
    }
}

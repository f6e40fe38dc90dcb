using System.IO.Compression;
using System.Security.Cryptography;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Package;

/// <summary>The sources of the package under test are packed a second time, from nothing and in another folder.</summary>
[Collection(ContentCollection.Name)]
public sealed class PackageBuiltTwice(PackageFixture package) : IDisposable
{
    private readonly string _scratch = Directory.CreateTempSubdirectory("hermes-package-twice-").FullName;

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    [Fact]
    public async Task Has_identical_content()
    {
        var copy = Path.Combine(_scratch, "checkout");
        CopyCheckout(copy);
        var run = Commands.Run(
            Commands.Dotnet,
            [
                "pack", Path.Combine(copy, "src", "Hermes.Gateway.Tasks"), "--configuration", "Release", "-p:RunAnalyzers=false",
                "-p:ContinuousIntegrationBuild=true", $"-p:Version={package.Version}", $"-p:PackageOutputPath={_scratch}",
            ],
            copy, []);
        Assert.True(run.Succeeded, $"{run.CommandLine}\n{run.StandardOutput}\n{run.StandardError}");

        var first = await HashesAsync(package.File);
        Assert.Contains(first.Keys, name => name.EndsWith("Hermes.Gateway.Tasks.dll", StringComparison.Ordinal));
        Assert.Equal(first, await HashesAsync(Path.Combine(_scratch, Path.GetFileName(package.File))));
    }

    // What the package is made of, with changes that are not committed: the package under test has them too.
    private static void CopyCheckout(string folder)
    {
        var files = new[] { "src", "build", "docs" }
            .SelectMany(name => Directory.EnumerateFiles(Repository.PathOf(name), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.Root));
        foreach (var file in files)
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Repository.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        // The package names the commit of its sources. In a worktree, .git is a file already.
        if (Directory.Exists(Repository.PathOf(".git")))
            File.WriteAllText(Path.Combine(folder, ".git"), $"gitdir: {Repository.PathOf(".git")}\n");
    }

    private static async Task<SortedDictionary<string, string>> HashesAsync(string package)
    {
        await using var archive = await ZipFile.OpenReadAsync(package);
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // These two carry an identity of the archive itself.
        foreach (var entry in archive.Entries.Where(entry => Path.GetExtension(entry.Name) is not (".psmdcp" or ".rels")))
        {
            await using var content = await entry.OpenAsync();
            hashes[entry.FullName] = Convert.ToHexString(await SHA256.HashDataAsync(content));
        }

        return hashes;
    }
}

using System.IO.Compression;
using System.Security.Cryptography;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Package;

/// <summary>The same sources are packed twice, from nothing, as CI does it.</summary>
[Collection(ContentCollection.Name)]
public sealed class PackageBuiltTwice(PackageFixture package)
{
    [Fact]
    public Task Has_identical_content() => package.InSandboxAsync(async sandbox =>
    {
        var first = await PackAsync(sandbox, "first");
        var second = await PackAsync(sandbox, "second");

        Assert.Contains(first.Keys, name => name.EndsWith("Hermes.Gateway.Tasks.dll", StringComparison.Ordinal));
        Assert.Equal(first, second);
    });

    private static async Task<SortedDictionary<string, string>> PackAsync(Sandbox sandbox, string feed)
    {
        // The same folder, emptied: the path of generated sources is part of the symbols.
        var artifacts = sandbox.PathOf("artifacts");
        var run = Commands.Run(
            Commands.Dotnet,
            [
                "pack", Repository.PathOf("src", "Hermes.Gateway.Tasks"), "--configuration", "Release",
                // Analyzers have no part in the result, and take half of the time.
                "-p:ContinuousIntegrationBuild=true", "-p:Version=1.2.3-twice", "-p:RunAnalyzers=false",
                $"-p:ArtifactsPath={artifacts}", $"-p:PackageOutputPath={sandbox.PathOf(feed)}",
            ],
            Repository.Root, []);
        Assert.True(run.Succeeded, $"{run.CommandLine}\n{run.StandardOutput}\n{run.StandardError}");
        Directory.Delete(artifacts, recursive: true);

        using var archive = ZipFile.OpenRead(sandbox.PathOf(feed, "Hermes.Gateway.Tasks.1.2.3-twice.nupkg"));
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // These two carry an identity of the archive itself.
        foreach (var entry in archive.Entries.Where(entry => Path.GetExtension(entry.Name) is not (".psmdcp" or ".rels")))
        {
            await using var content = entry.Open();
            hashes[entry.FullName] = Convert.ToHexString(await SHA256.HashDataAsync(content));
        }

        return hashes;
    }
}

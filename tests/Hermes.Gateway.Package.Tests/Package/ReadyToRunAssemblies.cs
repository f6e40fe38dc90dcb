using System.IO.Compression;
using System.Reflection.Metadata;
using System.Runtime.InteropServices;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Package;

/// <summary>For every platform with a manager there is a copy of the tasks with code for it, and one without for others.
/// </summary>
[Collection(ContentCollection.Name)]
public sealed class ReadyToRunAssemblies(PackageFixture package)
{
    private static readonly string ThisPlatform =
        $"{(OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    [Theory]
    [InlineData("linux-x64")]
    [InlineData("linux-arm64")]
    [InlineData("osx-x64")]
    [InlineData("osx-arm64")]
    public void Have_native_code_for_each_platform_from_the_same_sources(string platform)
    {
        using var archive = ZipFile.OpenRead(package.File);
        foreach (var name in new[] { "CliWrap.dll", "Hermes.Gateway.Core.dll", "Hermes.Gateway.Tasks.dll" })
        {
            using var plain = PackedAssembly.Read(archive.GetEntry($"tasks/net10.0/{name}")!);
            using var compiled = PackedAssembly.Read(archive.GetEntry($"tasks/net10.0-{platform}/{name}")!);

            Assert.False(PackedAssembly.IsCompiled(plain));
            Assert.True(PackedAssembly.IsCompiled(compiled));
            Assert.Equal(Identity(plain), Identity(compiled));
        }

        static (string, Version, int) Identity(System.Reflection.PortableExecutable.PEReader file)
        {
            var metadata = file.GetMetadataReader();
            var definition = metadata.GetAssemblyDefinition();
            return (metadata.GetString(definition.Name), definition.Version, metadata.MethodDefinitions.Count);
        }
    }

    [Fact]
    public Task Are_chosen_by_the_platform_of_the_build() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        var used = await Task.Run(() => Used(sandbox, project));

        Assert.Equal($"net10.0-{ThisPlatform}", Path.GetFileName(Path.GetDirectoryName(used)));
        Assert.True(File.Exists(used));
    });

    [Fact]
    public Task Are_replaced_by_portable_ones_on_other_platforms() => package.InSandboxAsync(async sandbox =>
    {
        var extracted = sandbox.PathOf("package");
        await ZipFile.ExtractToDirectoryAsync(package.File, extracted);
        Directory.Delete(Path.Combine(extracted, "tasks", $"net10.0-{ThisPlatform}"), recursive: true);
        var project = sandbox.PathOf("any.proj");
        await File.WriteAllTextAsync(project, $"""
            <Project>
              <Import Project="{extracted}/build/Hermes.Gateway.Tasks.props" />
              <PropertyGroup>
                <HermesGatewayName>hgw-any-platform</HermesGatewayName>
                <HermesGatewayProgram>/bin/sleep</HermesGatewayProgram>
              </PropertyGroup>
              <Import Project="{extracted}/build/Hermes.Gateway.Tasks.targets" />
            </Project>
            """);

        Assert.Equal("net10.0", Path.GetFileName(Path.GetDirectoryName(Used(sandbox, project))));
        Assert.Equal("missing", (await sandbox.TargetAsync("msbuild", project, "GatewayStatus")).Succeeded().Service.Metadata["Installed"]);
    });

    private static string Used(Sandbox sandbox, string project) =>
        sandbox.Dotnet("msbuild", project, "-getProperty:_HermesGatewayTasksAssembly").Succeeded().Command.StandardOutput.Trim();
}

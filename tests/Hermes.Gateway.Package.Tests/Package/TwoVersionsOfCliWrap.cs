using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Package;

/// <summary>A build that also has tasks of another package, which brings another CliWrap: each task gets its own.</summary>
[Collection(ContentCollection.Name)]
public sealed class TwoVersionsOfCliWrap(PackageFixture package)
{
    private const string Others = "0.0.7.0";

    [Fact]
    public Task Are_each_loaded_from_their_own_folder_in_any_order() => package.InSandboxAsync(async sandbox =>
    {
        var theirs = BuildTheirTask(sandbox);
        // A manager that is asked: with every answer it gives, a command has been run.
        var launchctl = sandbox.Write("launchctl", "#!/bin/sh\nexit 113\n");
        File.SetUnixFileMode(launchctl, (UnixFileMode)0b111_101_101);
        var project = sandbox.WriteWorker(sandbox.NewService(), $"""
            <HermesGatewayServiceManager>launchd</HermesGatewayServiceManager>
            <HermesGatewayLaunchctlPath>{launchctl}</HermesGatewayLaunchctlPath>
            <HermesGatewayProgram>/bin/sleep</HermesGatewayProgram>
            """, $"""
            <UsingTask TaskName="Theirs.WhichCliWrap" AssemblyFile="{theirs}" />
            <Target Name="Ours" DependsOnTargets="GatewayStatus" />
            <Target Name="Theirs"><Theirs.WhichCliWrap><Output TaskParameter="Own" ItemName="_Theirs" /></Theirs.WhichCliWrap></Target>
            <Target Name="Tell" Returns="@(_Theirs);@(_Loaded)">
              <Theirs.WhichCliWrap><Output TaskParameter="Loaded" ItemName="_Loaded" /></Theirs.WhichCliWrap>
            </Target>
            <Target Name="OursFirst" DependsOnTargets="Ours;Theirs;Tell" Returns="@(_Theirs);@(_Loaded)" />
            <Target Name="TheirsFirst" DependsOnTargets="Theirs;Ours;Tell" Returns="@(_Theirs);@(_Loaded)" />
            """);
        sandbox.Dotnet("restore", project).Succeeded();

        foreach (var order in new[] { "OursFirst", "TheirsFirst" })
        {
            foreach (var option in new[] { "-m", "-mt" })
            {
                var run = (await sandbox.TargetAsync("msbuild", project, order, option)).Succeeded();

                var copies = run.Services.Select(item => item.Metadata["Identity"]).ToList();
                Assert.Equal(Others, copies[0]);
                Assert.Equal(
                    [$"{Others} {Path.GetDirectoryName(theirs)}", $"3.10.5.0 {package.Extracted}/tasks"],
                    copies.Skip(1).Select(copy => copy.Split("/net10.0-")[0]).Order(StringComparer.Ordinal));
                Assert.Contains(run.OwnTasks, task => task.Name == "GetGatewayServiceStatus");
            }
        }
    });

    /// <summary>Builds a package's task with a library that is called CliWrap, too.</summary>
    /// <returns>The task's assembly.</returns>
    private static string BuildTheirTask(Sandbox sandbox)
    {
        sandbox.Write("Theirs/CliWrap/Cli.cs", "namespace CliWrap; public static class Cli;");
        sandbox.Write("Theirs/CliWrap/CliWrap.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <AssemblyVersion>{Others}</AssemblyVersion>
              </PropertyGroup>
            </Project>
            """);
        sandbox.Write("Theirs/Task/WhichCliWrap.cs", """
            using System;
            using System.Linq;
            using Microsoft.Build.Framework;
            using Microsoft.Build.Utilities;

            namespace Theirs;

            [MSBuildMultiThreadableTask]
            public sealed class WhichCliWrap : Task
            {
                [Output]
                public string Own { get; set; }

                [Output]
                public string[] Loaded { get; set; }

                public override bool Execute()
                {
                    Own = typeof(CliWrap.Cli).Assembly.GetName().Version.ToString();
                    Loaded = AppDomain.CurrentDomain.GetAssemblies().Where(a => a.GetName().Name == "CliWrap")
                        .Select(a => $"{a.GetName().Version} {System.IO.Path.GetDirectoryName(a.Location)}").ToArray();
                    return true;
                }
            }
            """);
        var project = sandbox.Write("Theirs/Task/Theirs.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../CliWrap/CliWrap.csproj" />
                <Reference Include="$(MSBuildToolsPath)/Microsoft.Build.Framework.dll" Private="false" />
                <Reference Include="$(MSBuildToolsPath)/Microsoft.Build.Utilities.Core.dll" Private="false" />
              </ItemGroup>
            </Project>
            """);
        sandbox.Dotnet("build", project).Succeeded();
        return sandbox.PathOf("Theirs", "Task", "bin", "Debug", "net10.0", "Theirs.dll");
    }
}

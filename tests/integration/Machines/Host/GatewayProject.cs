using System.Xml.Linq;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>A project on a machine that references the package, with the account that builds it.</summary>
/// <param name="host">The machine.</param>
/// <param name="login">The account that runs the builds.</param>
/// <param name="file">The project's file on the machine.</param>
internal sealed class GatewayProject(SystemdHost host, Login login, string file)
{
    private const string Separator = "---- results ----";

    /// <summary>The project's file on the machine.</summary>
    public string File { get; } = file;

    /// <summary>The project's folder on the machine.</summary>
    public string Folder => Path.GetDirectoryName(File)!;

    /// <summary>The account that runs the builds.</summary>
    public Login Login { get; } = login;

    /// <summary>The same project, built by another account or with other variables.</summary>
    public GatewayProject As(Login other) => new(host, other, File);

    /// <summary>Writes and restores a project without sources, for existing programs. The package folder is in the project folder, so
    /// that other accounts can use it too (<see cref="As"/>).</summary>
    public static async Task<GatewayProject> WritePlainAsync(SystemdHost host, Login login, string feed)
    {
        var folder = login.UserId == 0 ? "/srv/plain" : $"{login.Home}/plain";
        var project = new GatewayProject(host, login, $"{folder}/Plain.csproj");
        await host.WriteAsync(project.File, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <RestorePackagesPath>$(MSBuildProjectDirectory)/packages</RestorePackagesPath>
                <HermesGatewayStabilitySeconds>0.3</HermesGatewayStabilitySeconds>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Hermes.Gateway.Tasks" Version="{VersionIn(feed)}" PrivateAssets="all" />
              </ItemGroup>
            </Project>
            """, login.Name);
        await project.WriteSourcesAsync();
        (await project.DotnetAsync("restore")).Succeeded();
        return project;
    }

    /// <summary>Copies one of the programs of the tests to a folder of the account, without building it.</summary>
    public static async Task<GatewayProject> CopyAsync(SystemdHost host, Login login, string program, string folder, string feed)
    {
        await host.CopyInAsync(Path.Combine(AppContext.BaseDirectory, "programs", program), folder, login.Name);
        await host.WriteAsync($"{folder}/Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <HermesGatewayTasksVersion>{VersionIn(feed)}</HermesGatewayTasksVersion>
                <HermesGatewayStabilitySeconds>0.3</HermesGatewayStabilitySeconds>
              </PropertyGroup>
            </Project>
            """, login.Name);
        var project = new GatewayProject(host, login, $"{folder}/{program}.csproj");
        await project.WriteSourcesAsync();
        return project;
    }

    /// <summary>Runs <c>dotnet VERB PROJECT …</c> in the project's folder.</summary>
    public Task<Engines.ExecResult> DotnetAsync(string verb, params string[] arguments) =>
        host.ExecAsync(Login with { Folder = Folder }, ["dotnet", verb, File, .. arguments]);

    /// <summary>Runs a target of the package: <c>dotnet msbuild -t:TARGET -p:NAME=VALUE…</c>.</summary>
    /// <param name="target">The target.</param>
    /// <param name="properties">Properties as <c>NAME=VALUE</c>, without the prefix <c>HermesGateway</c>.</param>
    public Task<TargetRun> RunAsync(string target, params string[] properties) =>
        RunAsync("msbuild", target, [.. properties.Select(property => $"-p:HermesGateway{property}")]);

    /// <summary>Runs a target with a verb of <c>dotnet</c> and any arguments.</summary>
    public async Task<TargetRun> RunAsync(string verb, string target, string[] arguments)
    {
        // Results are written to a file, so that the output above the separator has only what a person sees.
        const string Script = """
            answer=$(mktemp)
            status=0
            "$@" "-getResultOutputFile:$answer" || status=$?
            printf '%s' "$SEPARATOR"
            cat -- "$answer"
            rm -- "$answer"
            exit $status
            """;
        string[] command = ["dotnet", verb, File, $"-t:{target}", $"-getTargetResult:{target}", .. arguments];
        var result = await host.ExecAsync(
            Login with { Folder = Folder },
            ["/bin/sh", "-c", Script.Replace("$SEPARATOR", Separator, StringComparison.Ordinal), "sh", .. command]);
        var parts = result.Output.Split(Separator);
        return TargetRun.Read(
            result with { Command = command, Output = parts[0] }, parts is [_, { Length: > 0 } json] ? json : null, target);
    }

    private Task WriteSourcesAsync() => host.WriteAsync($"{Folder}/nuget.config", $"""
        <configuration>
          <packageSources>
            <clear />
            <add key="feed" value="{SystemdHost.Feed}" />
          </packageSources>
        </configuration>
        """, Login.Name);

    private static string VersionIn(string feed) =>
        XDocument.Load(Path.Combine(feed, "version.props")).Descendants("HermesGatewayTasksVersion").Single().Value;
}

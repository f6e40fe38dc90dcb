namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>The projects of a user.</summary>
internal static class Projects
{
    /// <summary>A line that references the package as its README says.</summary>
    public const string Reference =
        """<PackageReference Include="Hermes.Gateway.Tasks" Version="$(HermesGatewayTasksVersion)" PrivateAssets="all" />""";

    /// <summary>A program that runs until it is stopped.</summary>
    public const string WorkerCode = "await Task.Delay(Timeout.Infinite);\n";

    /// <summary>Writes a console program with the package; returns the project's path.</summary>
    /// <param name="sandbox">Where.</param>
    /// <param name="service">The service's name; null says nothing of it.</param>
    /// <param name="properties">More properties, as XML.</param>
    /// <param name="rest">What else the project has, as XML.</param>
    /// <param name="name">The project's name, with its folder.</param>
    public static string WriteWorker(
        this Sandbox sandbox, string? service, string properties = "", string rest = "", string name = "Worker/Worker")
    {
        sandbox.Write(Path.Combine(Path.GetDirectoryName(name)!, "Program.cs"), WorkerCode);
        return sandbox.Write($"{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                {(service is null ? "" : $"<HermesGatewayName>{service}</HermesGatewayName>")}
                <!-- Long enough to be looked at once more, short for the tests; a fraction, for the locales. -->
                <HermesGatewayStabilitySeconds>0.2</HermesGatewayStabilitySeconds>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {Reference}
              </ItemGroup>
              {rest}
            </Project>
            """);
    }

    /// <summary>Writes the project file of a Web program with the package; returns its path.</summary>
    /// <param name="sandbox">Where.</param>
    /// <param name="name">The project's name, with its folder.</param>
    /// <param name="service">The service's name.</param>
    /// <param name="port">The port at which it listens.</param>
    /// <param name="healthCheck">The path at which it answers the health check.</param>
    /// <param name="items">More items, as XML.</param>
    public static string WriteWebProject(this Sandbox sandbox, string name, string service, int port, string healthCheck, string items = "") =>
        sandbox.Write($"{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <HermesGatewayName>{service}</HermesGatewayName>
                <HermesGatewayArguments>--urls;http://127.0.0.1:{port}</HermesGatewayArguments>
                <HermesGatewayHealthCheck>http://127.0.0.1:{port}{healthCheck}</HermesGatewayHealthCheck>
              </PropertyGroup>
              <ItemGroup>
                {items}
                {Reference}
              </ItemGroup>
            </Project>
            """);

    /// <summary>Writes a library without the package; returns the project's path.</summary>
    public static string WriteLibrary(this Sandbox sandbox) => sandbox.Write("Library/Library.csproj", """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
          </PropertyGroup>
        </Project>
        """);

    /// <summary>Writes a solution; returns its path.</summary>
    public static string WriteSolution(this Sandbox sandbox, params string[] projects)
    {
        var ids = projects.Select(_ => Guid.NewGuid().ToString("B").ToUpperInvariant()).ToList();
        return sandbox.Write("Solution.sln", $"""
            Microsoft Visual Studio Solution File, Format Version 12.00
            {string.Join('\n', projects.Zip(ids, Entry))}
            Global
                GlobalSection(SolutionConfigurationPlatforms) = preSolution
                    Debug|Any CPU = Debug|Any CPU
                EndGlobalSection
                GlobalSection(ProjectConfigurationPlatforms) = postSolution
            {string.Join('\n', ids.Select(id => $"{id}.Debug|Any CPU.ActiveCfg = Debug|Any CPU"))}
            {string.Join('\n', ids.Select(id => $"{id}.Debug|Any CPU.Build.0 = Debug|Any CPU"))}
                EndGlobalSection
            EndGlobal
            """);

        string Entry(string project, string id)
        {
            var (name, path) = (Path.GetFileNameWithoutExtension(project), Path.GetRelativePath(sandbox.Root, project));
            return $"Project(\"{{9A19103F-16F7-4668-BE54-9A1E7A4F7556}}\") = \"{name}\", \"{path}\", \"{id}\"\nEndProject";
        }
    }
}

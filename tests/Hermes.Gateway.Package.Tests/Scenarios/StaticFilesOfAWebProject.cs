using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>A project with Razor pages and static files, its own and those of a Razor class library: they are served only when the
/// service runs from what the SDK publishes.</summary>
[Collection(PackageCollection.Name)]
public sealed class StaticFilesOfAWebProject(PackageFixture package)
{
    [Fact]
    public Task Are_served_with_the_pages_and_after_a_clean() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var port = FreePort.Find();
        var project = Write(sandbox, service, port);

        (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded();
        await AssertServedAsync(port);

        Assert.Equal(0, sandbox.Dotnet("clean", project).ExitCode);
        (await sandbox.TargetAsync("msbuild", project, "RestartGateway")).Succeeded();
        await AssertServedAsync(port);

        Assert.Equal("unchanged", (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded().Service.Outcome);
    });

    private static async Task AssertServedAsync(int port)
    {
        Assert.Contains("<p>the page</p>", await GetAsync(port, ""), StringComparison.Ordinal);
        Assert.Equal("/* of the project */", await GetAsync(port, "site.css"));
        Assert.Equal("/* of the library */", await GetAsync(port, "_content/Library/library.css"));
    }

    private static async Task<string> GetAsync(int port, string path)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/{path}"), TestContext.Current.CancellationToken);
    }

    private static string Write(Sandbox sandbox, string service, int port)
    {
        sandbox.Write("Library/wwwroot/library.css", "/* of the library */");
        sandbox.Write("Library/Library.csproj", """
            <Project Sdk="Microsoft.NET.Sdk.Razor">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
              </ItemGroup>
            </Project>
            """);
        sandbox.Write("Pages/wwwroot/site.css", "/* of the project */");
        sandbox.Write("Pages/Pages/Index.cshtml", "@page\n<p>the page</p>\n");
        sandbox.Write("Pages/Program.cs", """
            var builder = WebApplication.CreateBuilder(args);
            builder.Services.AddRazorPages();
            var app = builder.Build();
            app.MapStaticAssets();
            app.MapRazorPages();
            app.Run();
            """);
        return sandbox.WriteWebProject("Pages/Pages", service, port, "/", """<ProjectReference Include="../Library/Library.csproj" />""");
    }
}

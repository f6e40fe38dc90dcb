using System.Text.RegularExpressions;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>A solution has a gateway and a project without the package.</summary>
[Collection(PackageCollection.Name)]
public sealed partial class SolutionWithOneGateway(PackageFixture package)
{
    [Fact]
    public Task Is_deployed_but_fails_for_the_project_without_a_Deploy_target() =>
        package.InSandboxAsync(Requires.Systemd, async sandbox =>
        {
            var (solution, service) = Write(sandbox);

            var run = await Task.Run(() => sandbox.Dotnet("build", solution, "-t:Deploy"));

            run.FailedWith("MSB4057");
            Assert.EndsWith("Library.csproj", Assert.Single(run.Errors).ProjectFile, StringComparison.Ordinal);
            await Task.Run(() => AssertDeployedOnce(run, service));
        });

    [Fact]
    public Task Deploys_the_gateway_when_only_it_is_named() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var (solution, service) = Write(sandbox);

        var run = (await Task.Run(() => sandbox.Dotnet("build", solution, "-t:Gateway:Deploy"))).Succeeded();

        await Task.Run(() => AssertDeployedOnce(run, service));
    });

    [Fact]
    public Task Is_deployed_with_the_documented_files() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var (solution, service) = Write(sandbox);
        WriteDocumentedFiles(sandbox);

        var run = (await Task.Run(() => sandbox.Dotnet("build", solution, "-t:Deploy"))).Succeeded();

        await Task.Run(() => AssertDeployedOnce(run, service));
    });

    [Fact]
    public Task Builds_without_deploying_with_the_documented_files() => package.InSandboxAsync(async sandbox =>
    {
        var (solution, _) = Write(sandbox);
        WriteDocumentedFiles(sandbox);

        var run = (await Task.Run(() => sandbox.Dotnet("build", solution))).Succeeded();

        Assert.Empty(run.OwnTasks);
    });

    private static (string Solution, string Service) Write(Sandbox sandbox)
    {
        var service = sandbox.NewService();
        return (sandbox.WriteSolution(sandbox.WriteWorker(service, name: "Gateway/Gateway"), sandbox.WriteLibrary()), service);
    }

    // Each file of the page is a code block under its name.
    private static void WriteDocumentedFiles(Sandbox sandbox)
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "solutions.md"));
        var files = NamedCodeBlock().Matches(page);
        Assert.Equal(2, files.Count);
        foreach (var file in files.AsEnumerable()) sandbox.Write(file.Groups["name"].Value, file.Groups["text"].Value);
    }

    private static void AssertDeployedOnce(BuildRun run, string service)
    {
        Assert.Equal("InstallGatewayService", Assert.Single(run.OwnTasks).Name);
        Assert.Equal("active", UserManager.Show(service, "ActiveState"));
    }

    [GeneratedRegex(@"^`(?<name>[\w.]+)`:\n\n```xml\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex NamedCodeBlock();
}

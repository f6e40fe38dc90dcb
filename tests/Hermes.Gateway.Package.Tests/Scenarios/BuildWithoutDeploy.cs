using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>A project with the package is built as if the package were not there.</summary>
[Collection(PackageCollection.Name)]
public sealed class BuildWithoutDeploy(PackageFixture package)
{
    // Apart from the build that other tests rely on.
    private const string Release = "-p:Configuration=Release";

    [Theory]
    [InlineData("restore")]
    [InlineData("build")]
    [InlineData("publish")]
    [InlineData("pack")]
    [InlineData("clean")]
    public Task Runs_no_target_or_task_of_the_package(string verb) => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        var run = (await Task.Run(() => sandbox.Dotnet(verb, project, Release))).Succeeded();

        Assert.Empty(run.OwnTargets);
        Assert.Empty(run.OwnTasks);
    });

    [Fact]
    public Task Runs_no_target_or_task_of_the_package_in_an_editor() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        var run = (await Task.Run(() => sandbox.Dotnet(
            "msbuild", project, Release, "-t:Compile", "-p:DesignTimeBuild=true", "-p:BuildingInsideVisualStudio=true",
            "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-p:BuildProjectReferences=false"))).Succeeded();

        Assert.Empty(run.OwnTargets);
        Assert.Empty(run.OwnTasks);
    });

    [Fact]
    public Task Deploys_nothing_with_DeployOnBuild_of_web_publishing() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        var run = (await Task.Run(() => sandbox.Dotnet("build", project, Release, "-p:DeployOnBuild=true"))).Succeeded();

        Assert.Empty(run.OwnTasks);
    });
}

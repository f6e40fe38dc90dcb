using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>DeployGateway, which does not build, is asked for before a build.</summary>
[Collection(PackageCollection.Name)]
public sealed class DeployBeforeBuild(PackageFixture package)
{
    [Fact]
    public Task Fails_with_the_command_that_builds_and_writes_nothing() => package.InSandboxAsync(async sandbox =>
    {
        var project = sandbox.WriteWorker(sandbox.NewService());

        var run = await sandbox.TargetAsync("build", project, "DeployGateway", [], sandbox.EmptyConfig);

        run.FailedWith("HGW2021");
        Assert.Contains($"dotnet build {project} -t:Deploy", Assert.Single(run.Errors).Text, StringComparison.Ordinal);
        Assert.Empty(sandbox.WrittenFiles);
        Assert.False(Directory.Exists(sandbox.ReleaseRoot));
    });

    [Fact]
    public Task Fails_without_releases_with_the_path_of_the_program_that_is_missing() => package.InSandboxAsync(async sandbox =>
    {
        var project = sandbox.WriteWorker(sandbox.NewService(), "<HermesGatewayReleases>false</HermesGatewayReleases>");

        var run = await sandbox.TargetAsync("build", project, "DeployGateway", [], sandbox.EmptyConfig);

        run.FailedWith("HGW0009");
        var error = Assert.Single(run.Errors);
        Assert.Contains(sandbox.PathOf("Worker", "bin", "Debug", "net10.0", "Worker"), error.Text, StringComparison.Ordinal);
        Assert.Contains($"dotnet build {project}", error.Text, StringComparison.Ordinal);
        Assert.Empty(sandbox.WrittenFiles);
    });

    [Fact]
    public Task Prints_only_the_result_items_to_standard_output() => package.InSandboxAsync(async sandbox =>
    {
        var service = sandbox.NewService();
        var project = sandbox.WriteWorker(service);

        var run = await Task.Run(() => sandbox.Dotnet(
            "build", project, ["-t:DeployGateway", "-getTargetResult:DeployGateway"], sandbox.EmptyConfig));

        Assert.NotEqual(0, run.ExitCode);
        var result = TargetResult.Read(run.Command.StandardOutput, "DeployGateway");
        Assert.False(result.Succeeded);
        var item = Assert.Single(result.Services);
        Assert.Equal((service, "failed", "false"), (item.Name, item.Outcome, item.Metadata["Changed"]));
        Assert.Contains("HGW2021", item.Metadata["Findings"], StringComparison.Ordinal);
    });
}

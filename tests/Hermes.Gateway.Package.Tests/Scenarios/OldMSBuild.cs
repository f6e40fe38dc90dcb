using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>The MSBuild at hand is older than the tasks need.</summary>
[Collection(ContentCollection.Name)]
public sealed class OldMSBuild(PackageFixture package)
{
    [Theory]
    [InlineData("DeployGateway")]
    [InlineData("GatewayStatus")]
    public Task Is_refused_before_a_task_is_loaded(string target) => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        var run = await sandbox.TargetAsync("msbuild", project, target, "-p:_HermesGatewayOldestMSBuild=99.0");

        run.FailedWith("HGW0013");
        Assert.Contains("99.0", Assert.Single(run.Errors).Text, StringComparison.Ordinal);
        Assert.Empty(run.OwnTasks);
    });

    [Fact]
    public Task Builds_a_project_without_deploying_it() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
        (await Task.Run(() => sandbox.Dotnet("build", project, "--no-restore", "-p:_HermesGatewayOldestMSBuild=99.0"))).Succeeded());
}

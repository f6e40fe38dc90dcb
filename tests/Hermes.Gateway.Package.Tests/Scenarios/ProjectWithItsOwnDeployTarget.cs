using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>A project had a target named Deploy before it had the package.</summary>
[Collection(PackageCollection.Name)]
public sealed class ProjectWithItsOwnDeployTarget(PackageFixture package)
{
    private const string OwnTarget = """
        <Target Name="Deploy" Returns="@(Deployed)">
          <ItemGroup>
            <Deployed Include="by the project itself" />
          </ItemGroup>
        </Target>
        """;

    [Fact]
    public Task Keeps_it_with_HermesGatewayDefineDeployTarget_false() => package.InSandboxAsync(async sandbox =>
    {
        var project = sandbox.WriteWorker(
            sandbox.NewService(), "<HermesGatewayDefineDeployTarget>false</HermesGatewayDefineDeployTarget>", OwnTarget);

        var run = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded();

        Assert.Equal("by the project itself", run.Service.Name);
        Assert.Empty(run.OwnTargets);
    });

    [Fact]
    public Task Keeps_it_when_multi_targeted() => package.InSandboxAsync(async sandbox =>
    {
        var project = sandbox.WriteWorker(
            sandbox.NewService(), "<HermesGatewayDefineDeployTarget>false</HermesGatewayDefineDeployTarget>", OwnTarget);
        var text = await File.ReadAllTextAsync(project);
        await File.WriteAllTextAsync(project, text.Replace("TargetFramework>", "TargetFrameworks>", StringComparison.Ordinal));

        var run = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded();

        Assert.Equal("by the project itself", run.Service.Name);
        Assert.Empty(run.OwnTargets);
    });
}

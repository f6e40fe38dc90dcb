using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>A project names its frameworks in TargetFrameworks; a service runs only one of them.</summary>
[Collection(PackageCollection.Name)]
public sealed class MultiTargetedProject(PackageFixture package)
{
    [Theory]
    [InlineData("Deploy")]
    [InlineData("DeployGateway")]
    [InlineData("GatewayStatus")]
    [InlineData("UninstallGateway")]
    public Task Is_refused_without_HermesGatewayTargetFramework(string target) => package.InSandboxAsync(async sandbox =>
    {
        var project = Write(sandbox, "net10.0;netstandard2.0");

        var run = await sandbox.TargetAsync("build", project, target, [], sandbox.EmptyConfig);

        run.FailedWith("HGW0012");
        Assert.Contains("HermesGatewayTargetFramework", Assert.Single(run.Errors).Text, StringComparison.Ordinal);
        Assert.Empty(run.OwnTasks);
        Assert.Empty(sandbox.WrittenFiles);
        Assert.False(Directory.Exists(sandbox.PathOf("Worker", "bin")));
    });

    [Fact]
    public Task Is_refused_with_a_framework_that_it_does_not_have() => package.InSandboxAsync(async sandbox =>
    {
        var project = Write(sandbox, "net10.0;netstandard2.0");

        var run = await sandbox.TargetAsync("build", project, "Deploy", "-p:HermesGatewayTargetFramework=net1.0");

        run.FailedWith("HGW0012");
        Assert.Empty(run.OwnTasks);
    });

    [Fact]
    public Task Is_deployed_once_with_HermesGatewayTargetFramework() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = Write(
            sandbox, " netstandard2.0; net10.0 ", service, "<HermesGatewayTargetFramework>net10.0</HermesGatewayTargetFramework>");

        var run = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded();

        AssertDeployedOnce(run, service);
        Assert.False(Directory.Exists(sandbox.PathOf("Worker", "bin", "Debug", "netstandard2.0")));
        var asked = (await sandbox.TargetAsync("msbuild", project, "GatewayStatus")).Succeeded();
        Assert.Equal("current, current, current", asked.Service.Layers);
    });

    [Fact]
    public Task Is_deployed_once_with_a_framework_on_the_command_line() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = Write(sandbox, "net10.0;netstandard2.0", service);

        var run = (await sandbox.TargetAsync("build", project, "Deploy", "-f", "net10.0")).Succeeded();

        AssertDeployedOnce(run, service);
    });

    [Fact]
    public Task Is_deployed_without_a_choice_when_it_has_one_framework() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var service = sandbox.NewService();
        var project = Write(sandbox, "net10.0", service);

        var run = (await sandbox.TargetAsync("build", project, "Deploy")).Succeeded();

        AssertDeployedOnce(run, service);
    });

    [Fact]
    public Task Returns_the_items_of_a_failed_inner_build() => package.InSandboxAsync(async sandbox =>
    {
        var service = sandbox.NewService();
        var project = Write(sandbox, "net10.0", service, "<HermesGatewayProgram>/usr/bin/no-such-program</HermesGatewayProgram>");

        var run = await sandbox.TargetAsync("build", project, "DeployGateway");

        run.FailedWith("HGW0009");
        Assert.Equal("failed", run.Service.Outcome);
        Assert.Equal(service, run.Service.Name);
    });

    internal static string Write(Sandbox sandbox, string frameworks, string? service = null, string properties = "")
    {
        var project = sandbox.WriteWorker(service, $"""
            {properties}
            <OutputType Condition="'$(TargetFramework)' == 'netstandard2.0'">Library</OutputType>
            <!-- Its reference assemblies would come from elsewhere; it is never built here. -->
            <DisableImplicitFrameworkReferences Condition="'$(TargetFramework)' == 'netstandard2.0'">true</DisableImplicitFrameworkReferences>
            """);
        var text = File.ReadAllText(project);
        File.WriteAllText(project, text.Replace(
            "<TargetFramework>net10.0</TargetFramework>",
            $"<TargetFrameworks>{frameworks}</TargetFrameworks>",
            StringComparison.Ordinal));
        return project;
    }

    private static void AssertDeployedOnce(BuildRun run, string service)
    {
        Assert.Equal("InstallGatewayService", Assert.Single(run.OwnTasks).Name);
        Assert.Equal(("changed", service), (run.Service.Outcome, run.Service.Name));
        Assert.Equal("active", UserManager.Show(service, "ActiveState"));
    }
}

using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>A project runs its one program as several services.</summary>
[Collection(PackageCollection.Name)]
public sealed class SeveralServicesInOneProject(PackageFixture package)
{
    [Fact]
    public Task Are_deployed_although_one_fails() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var (first, broken, last) = (sandbox.NewService(), sandbox.NewService(), sandbox.NewService());
        var project = sandbox.WriteWorker(service: null, rest: $"""
            <ItemGroup>
              <HermesGatewayService Include="{first}" Arguments="--profile;first" Restart="always" />
              <HermesGatewayService Include="{broken}" Program="/usr/bin/no-such-program" />
              <HermesGatewayService Include="{last}" Arguments="--profile;last one%3B really" />
            </ItemGroup>
            """);

        var run = await sandbox.TargetAsync("build", project, "Deploy");

        run.FailedWith("HGW0009");
        Assert.Equal([first, broken, last], run.Services.Select(service => service.Name));
        Assert.Equal(["changed", "failed", "changed"], run.Services.Select(service => service.Outcome));
        Assert.Equal("active", UserManager.Show(first, "ActiveState"));
        Assert.Equal("not-found", UserManager.Show(broken, "LoadState"));
        Assert.Equal("active", UserManager.Show(last, "ActiveState"));
        Assert.Equal("always", UserManager.Show(first, "Restart"));
        Assert.Equal("on-failure", UserManager.Show(last, "Restart"));
        Assert.Equal(["--profile", "first"], ArgumentsOf(run.Services[0]));
        Assert.Equal(["--profile", "last one; really"], ArgumentsOf(run.Services[2]));

        var removed = (await sandbox.TargetAsync("msbuild", project, "UninstallGateway")).Succeeded();
        Assert.Equal(["changed", "unchanged", "changed"], removed.Services.Select(service => service.Outcome));
        foreach (var service in new[] { first, broken, last }) UserManager.AssertAbsent(service);
    });

    private static string[] ArgumentsOf(ServiceItem service) =>
        File.ReadAllText($"/proc/{service.ProcessId}/cmdline").TrimEnd('\0').Split('\0')[1..];
}

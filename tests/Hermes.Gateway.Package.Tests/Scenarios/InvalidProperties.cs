using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>A project asks for what cannot be.</summary>
[Collection(PackageCollection.Name)]
public sealed class InvalidProperties(PackageFixture package)
{
    private const string Mistakes = """
        <ItemGroup>
          <HermesGatewayService Include="%20" />
          <HermesGatewayService Include="with/slash" />
          <HermesGatewayService Include="with%0Anewline" />
          <HermesGatewayService Include="scope" Scope="galaxy" />
          <HermesGatewayService Include="program" Program="bin/worker" />
          <HermesGatewayService Include="timeout" TimeoutSeconds="soon" />
          <HermesGatewayService Include="manager" ServiceManager="upstart" />
          <HermesGatewayService Include="health" HealthCheck="gopher://localhost" />
          <HermesGatewayService Include="twice" />
          <HermesGatewayService Include="twice" />
        </ItemGroup>
        """;

    [Fact]
    public Task Are_all_reported_with_their_names_before_any_change() => package.InSandboxAsync(async sandbox =>
    {
        var project = sandbox.WriteWorker(service: null, rest: Mistakes);

        var run = await sandbox.TargetAsync("build", project, "DeployGateway", [], sandbox.EmptyConfig);

        Assert.NotEqual(0, run.ExitCode);
        AssertError(run, "HGW0001", "HermesGatewayName", "empty");
        AssertError(run, "HGW0001", "HermesGatewayName", "with/slash");
        AssertError(run, "HGW0001", "HermesGatewayName", @"with\u000anewline");
        AssertError(run, "HGW0003", "HermesGatewayScope", "galaxy");
        AssertError(run, "HGW0004", "HermesGatewayProgram", "bin/worker");
        AssertError(run, "HGW0005", "HermesGatewayTimeoutSeconds", "soon");
        AssertError(run, "HGW0003", "HermesGatewayServiceManager", "upstart");
        AssertError(run, "HGW0008", "HermesGatewayHealthCheck", "gopher");
        AssertError(run, "HGW0002", "HermesGatewayName", "twice");
        Assert.All(run.Errors, error => Assert.DoesNotContain('\n', error.Text));
        Assert.Empty(sandbox.WrittenFiles);
    });

    [Theory]
    [InlineData("-p:HermesGatewayName=", "HGW0001", "HermesGatewayName")]
    [InlineData("-p:HermesGatewayName=a%0Ab", "HGW0001", "HermesGatewayName")]
    [InlineData("-p:HermesGatewayProgram=bin/worker", "HGW0004", "HermesGatewayProgram")]
    public Task Are_reported_under_the_name_of_the_property(string option, string code, string property) =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            var run = await sandbox.TargetAsync("msbuild", project, "DeployGateway", [option], sandbox.EmptyConfig);

            run.FailedWith(code);
            AssertError(run, code, property, "");
            Assert.Empty(run.Services);
            Assert.Empty(sandbox.WrittenFiles);
        });

    private static void AssertError(BuildRun run, string code, string property, string text) =>
        Assert.True(
            run.Errors.Any(error => error.Code == code
                && error.Text.Contains(property, StringComparison.Ordinal) && error.Text.Contains(text, StringComparison.Ordinal)),
            $"no {code} with {property} and '{text}' among\n{run.ErrorText}");
}

using Hermes.Gateway.Package.Tests.Infra;
using Microsoft.Build.Logging.StructuredLogger;
using Task = System.Threading.Tasks.Task;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>Against all advice, a project gives a service a secret in HermesGatewayEnvironment. (MSBuild itself records
/// the property; this is about what the package adds.)</summary>
[Collection(PackageCollection.Name)]
public sealed class SecretInEnvironmentProperty(PackageFixture package)
{
    [Fact]
    public Task Is_in_no_message_or_item_when_it_changes() => package.WithBuiltWorkerAsync(Requires.Systemd, async (sandbox, project) =>
    {
        var service = sandbox.NewService();
        var (first, second) = (NewSecret(), NewSecret());

        var deployed = (await RunAsync(sandbox, project, "DeployGateway", service, $"API_TOKEN={first}")).Succeeded();
        var asked = (await RunAsync(sandbox, project, "GatewayStatus", service, $"API_TOKEN={second}")).Succeeded();
        var planned = (await RunAsync(sandbox, project, "PlanGateway", service, $"API_TOKEN={second}")).Succeeded();
        var repaired = (await RunAsync(sandbox, project, "DeployGateway", service, $"API_TOKEN={second}")).Succeeded();

        Assert.Contains("API_TOKEN", asked.Service.Metadata["Differences"], StringComparison.Ordinal);
        Assert.Equal("changed", repaired.Service.Outcome);
        foreach (var run in new[] { deployed, asked, planned, repaired })
        {
            AssertAddsNothingOf(run, first);
            AssertAddsNothingOf(run, second);
        }
    });

    [Fact]
    public Task Is_in_no_message_when_a_semicolon_splits_it() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        var (before, after) = (NewSecret(), NewSecret());

        var run = await RunAsync(sandbox, project, "DeployGateway", sandbox.NewService(), $"API_TOKEN={before};{after}");

        run.FailedWith("HGW0006");
        AssertAddsNothingOf(run, before);
        AssertAddsNothingOf(run, after);
    });

    // The quotes are MSBuild's: without them it would read a semicolon as the end of the property.
    private static Task<BuildRun> RunAsync(Sandbox sandbox, string project, string target, string service, string environment) =>
        sandbox.TargetAsync(
            "msbuild", project, target, $"-p:HermesGatewayName={service}", $"-p:HermesGatewayEnvironment=\"{environment}\"");

    private static string NewSecret() => Guid.NewGuid().ToString("N");

    private static void AssertAddsNothingOf(BuildRun run, string secret)
    {
        Assert.All(run.Services.SelectMany(item => item.Metadata.Values), value =>
            Assert.DoesNotContain(secret, value, StringComparison.Ordinal));
        Assert.All(run.Errors, error => Assert.DoesNotContain(secret, error.Text, StringComparison.Ordinal));
        var task = Assert.Single(run.OwnTasks);
        // What a task was given is in the folder of its parameters; all else is the task's own word.
        foreach (var child in task.Children.Where(child => child is not Folder { Name: "Parameters" }))
            Assert.DoesNotContain(secret, TextOf(child), StringComparison.Ordinal);
    }

    private static string TextOf(BaseNode node) => node is TreeNode tree
        ? $"{node}\n{string.Join('\n', tree.Children.Select(TextOf))}"
        : $"{node}";
}

using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>The program's file has other content than at the last deploy; the definition is the same.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class RebuiltProgram(PackageFixture package)
{
    [Fact]
    public Task Is_deployed_as_a_new_revision_in_a_new_process() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var first = await agent.DeployAsync();
        agent.WriteProgram(Agent.Lives + "# another build\n");

        var second = await agent.DeployAsync();

        Assert.Contains("Revision", second.Service.Metadata["Differences"], StringComparison.Ordinal);
        Assert.NotEqual(first.Service.ProcessId, second.Service.ProcessId);
    });
}

using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>What the tests on a Mac leave of themselves, tried on the simulator first.</summary>
public class TheTracesOfARealAgent
{
    [Fact]
    public void Are_removed_and_those_of_others_are_not()
    {
        using var neighbour = new CoreAgent();
        neighbour.Succeed(Operation.Deploy);
        var (process, files) = (neighbour.ProcessId, neighbour.Files.ToList());
        var agent = new RealAgent(neighbour.Host, neighbour.Launchd.Launchctl, neighbour.Launchd.Environment);
        using (agent)
        {
            agent.Succeed(Operation.Deploy);
            agent.Run("disable", agent.Target!);
            Assert.NotEmpty(agent.Files);
        }

        Assert.Null(agent.Target);
        Assert.Empty(agent.Files);
        var overrides = agent.Run("print-disabled", agent.Domains[0]).Out;
        Assert.Contains($"\"{agent.Name}\" => enabled", overrides, StringComparison.Ordinal);
        Assert.False(Directory.Exists(agent.PathOf("")));
        Assert.Equal(process, neighbour.ProcessId);
        Assert.Equal(files, neighbour.Files);
    }
}

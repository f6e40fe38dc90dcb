using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>A service runs, but something that its next start needs is gone.</summary>
public class ServiceThatCouldNotStartAgainOnLaunchd
{
    [Theory]
    [InlineData("program")]
    [InlineData("folder")]
    [InlineData("environment")]
    [InlineData("logs")]
    public void Is_reported_by_status_and_verify_while_it_runs(string missing)
    {
        using var agent = new CoreAgent();
        var folder = Directory.CreateDirectory(agent.PathOf("data")).FullName;
        var environment = agent.PathOf("secrets.env");
        File.WriteAllText(environment, "A=b\n");
        agent.Input = agent.Input with { WorkingDirectory = folder, EnvironmentFile = environment };
        var deployed = agent.Deploy();
        Assert.DoesNotContain("HGW4012", agent.Try(Operation.Status).FindingsText(), StringComparison.Ordinal);
        if (missing == "environment") File.Delete(environment);
        else if (missing == "program") File.Delete(agent.Program);
        else Directory.Delete(missing == "folder" ? folder : Path.GetDirectoryName(agent.ErrorLog)!, recursive: true);

        var status = agent.Try(Operation.Status).Succeeded();
        var verified = agent.Try(Operation.Verify);

        Assert.Contains("HGW4012", status.FindingsText(), StringComparison.Ordinal);
        verified.FailedWith("HGW4012");
        Assert.Contains("is missing", verified.Errors()[0].Message, StringComparison.Ordinal);
        Assert.Equal("current, current, current", verified.Layers());
        Assert.Equal(deployed.ProcessId, agent.ProcessId);
    }
}

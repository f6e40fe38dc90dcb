using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>The new definition does not run, but the previous one did.</summary>
public class RollbackOnLaunchd
{
    private const string DiesWhenTold =
        "#!/bin/sh\n[ \"$1\" != die ] || exit 3\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n";

    [Fact]
    public void Failed_deploy_restores_the_previous_plist_and_process()
    {
        using var agent = new CoreAgent(program: DiesWhenTold);
        agent.Deploy("old");
        var plist = File.ReadAllBytes(agent.Plist);

        var run = agent.Try(Operation.Deploy, "die", input => input with { StabilitySeconds = CoreAgent.ProofOfLife });

        Assert.Equal(Outcome.RolledBack, run.Outcome);
        Assert.Equal(plist, File.ReadAllBytes(agent.Plist));
        Assert.Equal(["/bin/sh", agent.Program, "old"], agent.CommandLine);
        Assert.Equal(Outcome.Unchanged, agent.Deploy("old").Outcome);
    }

    [Fact]
    public void Disabled_rollback_leaves_the_failing_definition_installed()
    {
        using var agent = new CoreAgent(program: DiesWhenTold);
        agent.Deploy("old");

        var run = agent.Try(Operation.Deploy, "die", input => input with { Rollback = "false", StabilitySeconds = CoreAgent.ProofOfLife });

        Assert.Equal(Outcome.Failed, run.Outcome);
        Assert.Contains("<string>die</string>", File.ReadAllText(agent.Plist), StringComparison.Ordinal);
    }

    [Fact]
    public void Call_from_inside_the_job_is_refused()
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        var process = agent.ProcessId;
        // launchd sets XPC_SERVICE_NAME for its jobs; their children inherit it.
        agent.Host = CoreAgent.HostOf(
            agent.Launchd, name => name == "XPC_SERVICE_NAME" ? agent.Name : Environment.GetEnvironmentVariable(name));

        agent.Try(Operation.Restart).FailedWith("HGW1015");
        agent.Try(Operation.Deploy, "new").FailedWith("HGW1015");

        Assert.Equal(process, agent.ProcessId);
    }
}

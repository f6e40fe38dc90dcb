using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>A job that runs from releases.</summary>
public class ReleasesOnLaunchd
{
    [Fact]
    public void Rebuilt_program_that_does_not_start_is_taken_back_with_its_code()
    {
        using var agent = Publish();
        var first = agent.Succeed(Operation.Deploy);
        Assert.Equal(Path.Combine(first.Release, "app.sh"), agent.CommandLine[^1]);
        Write(agent, CoreAgent.Fails);

        var report = agent.Run(Operation.Deploy);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Equal(Path.Combine(first.Release, "app.sh"), agent.CommandLine[^1]);
        Assert.Equal(CoreAgent.Lives, File.ReadAllText(agent.CommandLine[^1]));
    }

    [Fact]
    public void Restart_works_after_the_build_is_gone_and_verify_says_that_there_is_none()
    {
        using var agent = Publish();
        var first = agent.Succeed(Operation.Deploy);
        Directory.Delete(agent.Input.PublishedFolder, recursive: true);
        agent.Input = agent.Input with { PublishedFolder = "" };

        Assert.Equal(Outcome.Changed, agent.Succeed(Operation.Restart).Outcome);

        Assert.Equal(Path.Combine(first.Release, "app.sh"), agent.CommandLine[^1]);
        agent.Fail(Operation.Verify, DiagnosticCatalog.NothingToRelease);
    }

    [Fact]
    public void Uninstall_removes_the_releases()
    {
        using var agent = Publish();
        agent.Succeed(Operation.Deploy);

        agent.Succeed(Operation.Uninstall);

        Assert.Empty(Directory.GetFileSystemEntries(agent.Input.ReleaseRoot));
    }

    private static CoreAgent Publish()
    {
        var agent = new CoreAgent();
        agent.Input = agent.Input with
        {
            Releases = "true",
            ReleaseRoot = agent.PathOf("releases"),
            PublishedFolder = Path.GetDirectoryName(agent.Program)!,
            Program = Path.GetFileName(agent.Program),
            Revision = "",
            StabilitySeconds = CoreAgent.ProofOfLife,
        };
        return agent;
    }

    private static void Write(CoreAgent agent, string program)
    {
        File.Delete(agent.Program);
        ProgramFile.Write(agent.Program, program);
    }
}

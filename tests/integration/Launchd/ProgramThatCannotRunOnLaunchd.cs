using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>The program cannot be spawned (launchd reports exit code 78 for every cause), or it ends at once.</summary>
public class ProgramThatCannotRunOnLaunchd
{
    [Fact]
    public void Immediate_exit_is_reported_as_crash_loop_with_its_log()
    {
        using var agent = new CoreAgent(program: CoreAgent.Fails);
        agent.Launchd.Settings(new { timeScale = 0.05 });

        var run = agent.Try(Operation.Deploy, change: input => input with { StabilitySeconds = CoreAgent.ProofOfLife });

        run.FailedWith("HGW4006");
        Assert.Equal("current, current, crash-looping", run.Layers());
        Assert.Contains("exit 3", run.Errors()[0].Message, StringComparison.Ordinal);
        Assert.Contains(run.Log, line => line.Contains("cannot open the database", StringComparison.Ordinal));
        Assert.StartsWith("tail -n 50 ", run.Advice, StringComparison.Ordinal);
        Assert.Contains(agent.ErrorLog, run.Advice, StringComparison.Ordinal);
        // It is left to launchd, which goes on trying; nothing is started beside it.
        Assert.True(agent.IsLoaded);
    }

    [Fact]
    public async Task Log_of_an_earlier_process_is_not_reported()
    {
        using var agent = new CoreAgent(program: "#!/bin/sh\necho 'words of an older life' >&2\nexec sleep 1000\n");
        agent.Launchd.Settings(new { timeScale = 0.05 });
        agent.Deploy();
        await Manager.UntilAsync(() => File.ReadAllText(agent.ErrorLog).Contains("older", StringComparison.Ordinal), "its words logged");
        agent.WriteProgram(CoreAgent.Fails);

        var run = agent.Try(Operation.Deploy, change: input => input with { StabilitySeconds = CoreAgent.ProofOfLife });

        Assert.Contains(run.Log, line => line.Contains("cannot open the database", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Log, line => line.Contains("older life", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("program", "is missing")]
    [InlineData("mode", "is not executable")]
    [InlineData("folder", "is missing")]
    [InlineData("log", "is a folder")]
    [InlineData("logs", "is missing")]
    public async Task Cause_of_a_failed_spawn_is_reported(string what, string expected)
    {
        using var agent = new CoreAgent();
        agent.Launchd.Settings(new { timeScale = 0.05 });
        var folder = Directory.CreateDirectory(agent.PathOf("data")).FullName;
        agent.Input = agent.Input with { WorkingDirectory = folder };
        var first = agent.Deploy();
        Break(agent, what, folder);
        Kill(first.ProcessId!.Value);
        await Manager.UntilAsync(() => agent.Printed("state") == "spawn scheduled" && agent.Printed("runs") is not ("1" or "2"), "failing again and again");

        var status = agent.Try(Operation.Status).Succeeded();
        var verified = agent.Try(Operation.Verify);

        Assert.Contains("HGW3012", status.FindingsText(), StringComparison.Ordinal);
        Assert.Contains(expected, status.FindingsText(), StringComparison.Ordinal);
        Assert.Equal("crash-looping", ReportText.Word(status.After.Running));
        verified.FailedWith("HGW4006");
        Assert.Contains(expected, verified.Errors()[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unusable_log_is_reported_before_any_change()
    {
        using var agent = new CoreAgent();
        var first = agent.Deploy();
        File.Delete(agent.ErrorLog);
        Directory.CreateDirectory(agent.ErrorLog);
        var before = agent.Launchd.Calls.Count;

        var run = agent.Try(Operation.Deploy, "new");

        Assert.Contains("HGW2012", run.ErrorCodes());
        Assert.Empty(agent.ChangesSince(before));
        Assert.Equal(first.ProcessId, agent.ProcessId);
    }

    [Fact]
    public void Missing_log_folder_of_a_running_service_is_reported_by_status_and_verify()
    {
        using var agent = new CoreAgent();
        var process = agent.Deploy().ProcessId;
        Directory.Delete(Path.GetDirectoryName(agent.ErrorLog)!, recursive: true);

        Assert.Contains("HGW4012", agent.Try(Operation.Status).Succeeded().FindingsText(), StringComparison.Ordinal);
        Assert.Contains("is missing", agent.Try(Operation.Verify).FailedWith("HGW4012").Errors()[0].Message, StringComparison.Ordinal);
        Assert.Equal(process, agent.ProcessId);
    }

    private static void Break(CoreAgent agent, string what, string folder)
    {
        switch (what)
        {
            case "program":
                File.Delete(agent.ProgramPath);
                break;
            case "mode":
                File.SetUnixFileMode(agent.ProgramPath, (UnixFileMode)0b110_100_100);
                break;
            case "folder":
                Directory.Delete(folder);
                break;
            case "log":
                File.Delete(agent.ErrorLog);
                Directory.CreateDirectory(agent.ErrorLog);
                break;
            case "logs":
                Directory.Delete(Path.GetDirectoryName(agent.ErrorLog)!, recursive: true);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, "nothing to break");
        }
    }

    private static void Kill(int process) => System.Diagnostics.Process.GetProcessById(process).Kill();
}

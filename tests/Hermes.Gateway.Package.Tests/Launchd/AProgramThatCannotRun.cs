using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>launchd says 78 for whatever keeps a program from being spawned, and says nothing of a program that keeps
/// dying: the cause is named, with the last lines of the log.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class AProgramThatCannotRun(PackageFixture package)
{
    [Fact]
    public Task Because_it_dies_at_once_is_a_crash_loop_with_its_last_words() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project, Agent.Fails);
        agent.Launchd.Settings(new { timeScale = 0.05 });

        var run = await agent.RunAsync("DeployGateway", Agent.ProofOfLife);

        run.FailedWith("HGW4006");
        Assert.Equal("current, current, crash-looping", run.Service.Layers);
        Assert.Contains("exit 3", run.Errors[0].Text, StringComparison.Ordinal);
        Assert.Contains("cannot open the database", run.Errors[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("tail -n 50 ", run.Service.Metadata["Advice"], StringComparison.Ordinal);
        Assert.Contains(agent.ErrorLog, run.Service.Metadata["Advice"], StringComparison.Ordinal);
        // It is left to launchd, which goes on trying; nothing is started beside it.
        Assert.True(agent.IsLoaded);
    });

    [Fact]
    public Task Shows_the_last_words_of_this_start_and_not_of_an_earlier_one() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project, "#!/bin/sh\necho 'words of an older life' >&2\nexec sleep 1000\n");
        agent.Launchd.Settings(new { timeScale = 0.05 });
        await agent.DeployAsync();
        await Agent.UntilAsync(() => File.ReadAllText(agent.ErrorLog).Contains("older", StringComparison.Ordinal), "its words logged");
        agent.WriteProgram(Agent.Fails);

        var run = await agent.RunAsync("DeployGateway", Agent.ProofOfLife);

        Assert.Contains("cannot open the database", run.Errors[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("older life", run.ErrorText, StringComparison.Ordinal);
    });

    [Fact]
    public Task Is_refused_before_anything_is_touched_when_it_is_missing() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        var process = agent.ProcessId;
        File.Delete(agent.Program);
        var before = agent.Launchd.Calls.Count;

        (await agent.RunAsync("DeployGateway")).FailedWith("HGW0009");

        Assert.Empty(agent.ChangesSince(before));
        Assert.Equal(process, agent.ProcessId);
    });

    [Theory]
    [InlineData("program", "is missing")]
    [InlineData("mode", "is not executable")]
    [InlineData("folder", "is missing")]
    [InlineData("log", "is a folder")]
    [InlineData("logs", "is missing")]
    public Task Is_named_with_the_cause_when_it_cannot_be_spawned_any_more(string what, string expected) =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            agent.Launchd.Settings(new { timeScale = 0.05 });
            var folder = Directory.CreateDirectory(Path.Combine(agent.Folder, "data")).FullName;
            string[] options = [$"-p:HermesGatewayWorkingDirectory={folder}", "-p:HermesGatewayRevision=r1"];
            var first = await agent.DeployAsync(options);
            Break(agent, what, folder);
            Kill(first.Service.ProcessId);
            await Agent.UntilAsync(() => agent.Printed("state") == "spawn scheduled" && agent.Printed("runs") is not ("1" or "2"), "failing again and again");

            var status = (await agent.RunAsync("GatewayStatus", options)).Succeeded();
            var verified = await agent.RunAsync("VerifyGateway", options);

            Assert.Contains("HGW3012", status.Service.Metadata["Findings"], StringComparison.Ordinal);
            Assert.Contains(expected, status.Service.Metadata["Findings"], StringComparison.Ordinal);
            Assert.Equal("crash-looping", status.Service.Metadata["Running"]);
            verified.FailedWith("HGW4006");
            Assert.Contains(expected, verified.Errors[0].Text, StringComparison.Ordinal);
        });

    [Fact]
    public Task For_want_of_its_log_is_told_before_what_runs_is_touched() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var first = await agent.DeployAsync();
        File.Delete(agent.ErrorLog);
        Directory.CreateDirectory(agent.ErrorLog);
        var before = agent.Launchd.Calls.Count;

        var run = await agent.RunAsync("DeployGateway", "-p:HermesGatewayArguments=new");

        Assert.Contains("HGW2012", run.ErrorCodes);
        Assert.Empty(agent.ChangesSince(before));
        Assert.Equal(first.Service.ProcessId, agent.ProcessId);
    });

    [Fact]
    public Task And_exits_once_with_success_is_not_running_and_not_hidden() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project, "#!/bin/sh\nexit 0\n");

        var run = await agent.RunAsync("DeployGateway", Agent.ProofOfLife);

        run.FailedWith("HGW4004");
        Assert.Equal("current, current, no", run.Service.Layers);
    });

    private static void Break(Agent agent, string what, string folder)
    {
        switch (what)
        {
            case "program":
                File.Delete(agent.Program);
                break;
            case "mode":
                File.SetUnixFileMode(agent.Program, (UnixFileMode)0b110_100_100);
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

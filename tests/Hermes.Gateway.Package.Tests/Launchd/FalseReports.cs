using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>What launchctl says is looked behind: only what launchd holds and runs counts.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class FalseReports(PackageFixture package)
{
    private const string InputOutputError = "Bootstrap failed: 5: Input/output error\n";

    [Fact]
    public Task A_failure_of_bootstrap_although_the_job_was_loaded_is_seen_through() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Faults(new Fault("bootstrap") { Exit = 5, Stderr = InputOutputError });

        await agent.DeployAsync();

        Assert.Single(agent.Launchd.Calls, call => call.Verb == "bootstrap");
    });

    [Fact]
    public Task A_success_of_bootstrap_although_nothing_was_loaded_is_seen_through() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Faults(new Fault("bootstrap") { Effect = "none" });

        await agent.DeployAsync();

        Assert.Equal(["bootstrap", "kickstart", "bootstrap", "kickstart"], agent.ChangesSince(0));
    });

    [Fact]
    public Task An_install_that_only_claims_to_have_loaded_is_a_failure() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Faults(new Fault("bootstrap") { Times = 0, Effect = "none" });

        var run = await agent.RunAsync("InstallGateway");

        run.FailedWith("HGW4003");
        Assert.Equal("current, no, no", run.Service.Layers);
    });

    [Fact]
    public Task A_success_of_bootout_that_did_nothing_is_seen_through() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");
        agent.Launchd.Faults(new Fault("bootout") { Effect = "none" });
        var before = agent.Launchd.Calls.Count;

        await agent.DeployAsync("-p:HermesGatewayArguments=new");

        Assert.Equal(["bootout", "bootout", "bootstrap", "kickstart"], agent.ChangesSince(before));
        Assert.Equal(["/bin/sh", agent.Program, "new"], agent.CommandLine);
    });

    [Fact]
    public Task A_bootout_that_never_does_anything_is_a_failure_and_asked_for_within_bounds() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");
        var process = agent.ProcessId;
        agent.Launchd.Faults(new Fault("bootout") { Times = 0, Effect = "none" });
        var before = agent.Launchd.Calls.Count;

        var run = await agent.RunAsync("DeployGateway", "-p:HermesGatewayArguments=new");

        run.FailedWith("HGW3001");
        Assert.Equal(["bootout", "bootout", "bootout"], agent.ChangesSince(before));
        Assert.Equal(process, agent.ProcessId);
        agent.Launchd.Faults();
    });

    [Theory]
    [InlineData(36, "Boot-out failed: 36: Operation now in progress\n")]
    [InlineData(5, "Boot-out failed: 5: Input/output error\n")]
    public Task A_failure_of_bootout_that_worked_is_seen_through(int exit, string words) => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");
        agent.Launchd.Faults(new Fault("bootout") { Exit = exit, Stderr = words });

        await agent.DeployAsync("-p:HermesGatewayArguments=new");
    });

    [Fact]
    public Task A_success_of_kickstart_that_did_nothing_is_a_failure() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        agent.Launchd.Faults(new Fault("kickstart") { Call = agent.Next("kickstart"), Effect = "none" });

        var run = await agent.RunAsync("RestartGateway", "-p:HermesGatewayTimeoutSeconds=5");

        run.FailedWith("HGW4005");
        Assert.Contains("was not restarted", run.Errors[0].Text, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_job_that_was_registered_without_a_process_is_kickstarted_and_verified() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync("-p:HermesGatewayRestart=always");
        agent.Launchd.Run("bootout", agent.Target);
        await Agent.UntilAsync(() => !agent.IsLoaded, "unloaded");
        agent.Launchd.Faults(new Fault("bootstrap") { Call = agent.Next("bootstrap"), Effect = "idle" });
        Assert.Equal(0, agent.Launchd.Run("bootstrap", agent.Domain, agent.Plist).Exit);
        Assert.Null(agent.ProcessId);
        var before = agent.Launchd.Calls.Count;

        await agent.DeployAsync("-p:HermesGatewayRestart=always");

        Assert.Equal(["kickstart"], agent.ChangesSince(before));
    });

    [Fact]
    public Task A_job_that_settles_slowly_is_waited_for() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Faults(
            new Fault("bootstrap") { SettleSeconds = 1.5 },
            new Fault("kickstart") { Effect = "none" });

        await agent.DeployAsync();
    });

    [Fact]
    public Task A_launchctl_that_does_not_answer_is_stopped_and_nothing_is_claimed() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        agent.Launchd.Faults(new Fault("print") { Times = 0, HangSeconds = 60 }, new Fault("print-disabled") { Times = 0, HangSeconds = 60 });
        var before = agent.Launchd.Calls.Count;

        var run = await agent.RunAsync("DeployGateway", "-p:HermesGatewayArguments=new", "-p:HermesGatewayTimeoutSeconds=2");

        run.FailedWith("HGW3002");
        Assert.Equal(("unknown", "unknown"), (run.Service.Metadata["Loaded"], run.Service.Metadata["Running"]));
        agent.Launchd.Faults();
        Assert.Empty(agent.ChangesSince(before));
    });
}

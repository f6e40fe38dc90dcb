using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>Where a job can be loaded depends on how its user is logged in, and whether it may be loaded on what was
/// switched off by hand.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class DomainsAndOverrides(PackageFixture package)
{
    [Fact]
    public Task Over_ssh_the_users_other_domain_is_used_and_told() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Settings(new { domains = new[] { "user", "system" }, session = "Background" });

        var run = (await agent.RunAsync("DeployGateway")).Succeeded();

        Assert.Equal("current, current, current", run.Service.Layers);
        Assert.True(agent.IsLoadedIn($"user/{agent.Launchd.UserId}"));
        Assert.Contains($"belongs to user/{agent.Launchd.UserId}", run.Service.Metadata["Findings"], StringComparison.Ordinal);
        var again = (await agent.RunAsync("DeployGateway")).Succeeded();
        Assert.Equal(("unchanged", run.Service.ProcessId), (again.Service.Outcome, again.Service.ProcessId));
    });

    [Fact]
    public Task A_graphical_domain_that_answers_125_to_bootstrap_is_left_for_the_other() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Faults(new Fault("bootstrap")
        {
            Exit = 125, Effect = "none", Stderr = "Bootstrap failed: 125: Domain does not support specified action\n",
        });

        var run = (await agent.RunAsync("DeployGateway")).Succeeded();

        Assert.Equal("current, current, current", run.Service.Layers);
        Assert.True(agent.IsLoadedIn($"user/{agent.Launchd.UserId}"));
        Assert.False(agent.IsLoaded);
    });

    [Fact]
    public Task A_definition_that_does_not_allow_the_only_domain_is_told_before_anything_is_unloaded() =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            await agent.DeployAsync();
            (await agent.RunAsync("StopGateway")).Succeeded();
            var text = await File.ReadAllTextAsync(agent.Plist);
            await File.WriteAllTextAsync(agent.Plist, text.Replace("<string>Background</string>", "", StringComparison.Ordinal));
            agent.Launchd.Settings(new { domains = new[] { "user", "system" }, session = "Background" });
            var before = agent.Launchd.Calls.Count;

            var run = await agent.RunAsync("DeployGateway");

            run.FailedWith("HGW3010");
            Assert.Contains("only into sessions of type Aqua", run.Errors[0].Text, StringComparison.Ordinal);
            Assert.Empty(agent.ChangesSince(before));
        });

    [Fact]
    public Task Without_any_domain_nothing_is_touched() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Settings(new { domains = new[] { "system" } });

        var run = await agent.RunAsync("DeployGateway");

        run.FailedWith("HGW3009");
        Assert.False(File.Exists(agent.Plist));
    });

    [Fact]
    public Task A_job_that_is_loaded_into_both_domains_is_loaded_into_one() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var user = $"user/{agent.Launchd.UserId}";
        agent.Launchd.Settings(new { domains = new[] { "user" }, session = "Background" });
        (await agent.RunAsync("DeployGateway")).Succeeded();
        // The user logs in at the screen, and launchd loads the agent there as well.
        agent.Launchd.Settings(new { });
        Assert.Equal(0, agent.Launchd.Run("bootstrap", agent.Domain, agent.Plist).Exit);

        var status = (await agent.RunAsync("GatewayStatus")).Succeeded();
        Assert.Contains("HGW3014", status.Service.Metadata["Findings"], StringComparison.Ordinal);
        Assert.Equal("stale", status.Service.Metadata["Loaded"]);

        await agent.DeployAsync();
        Assert.True(agent.IsLoaded);
        Assert.False(agent.IsLoadedIn(user));
    });

    [Theory]
    [InlineData("DeployGateway")]
    [InlineData("StartGateway")]
    [InlineData("RestartGateway")]
    public Task A_disabled_service_is_enabled_by_a_verb_that_starts_it_and_that_is_reported(string target) =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            agent.Launchd.Run("disable", agent.Target);

            var run = (await agent.RunAsync(target)).Succeeded();

            Assert.Equal(["disable", "enable", "bootstrap", "kickstart"], agent.ChangesSince(0));
            Assert.Contains("HGW3008", run.Service.Metadata["Findings"], StringComparison.Ordinal);
            Assert.Equal(("current, current, current", "yes"), (run.Service.Layers, run.Service.Metadata["Enabled"]));
        });

    [Fact]
    public Task A_disabled_service_is_only_told_of_by_a_verb_that_does_not_start_it() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        agent.Launchd.Run("disable", agent.Target);
        var before = agent.Launchd.Calls.Count;

        var status = (await agent.RunAsync("GatewayStatus")).Succeeded();
        var verified = (await agent.RunAsync("VerifyGateway")).FailedWith("HGW4008");
        (await agent.RunAsync("StopGateway")).Succeeded();
        (await agent.RunAsync("UninstallGateway")).Succeeded();

        Assert.Equal("no", status.Service.Metadata["Enabled"]);
        Assert.Equal($"launchctl enable {agent.Target}", verified.Service.Metadata["Advice"]);
        Assert.DoesNotContain("enable", agent.ChangesSince(before));
        // The prohibition is the operator's, and outlives what was removed.
        Assert.Contains($"\"{agent.Label}\" => disabled", agent.Launchd.Run("print-disabled", agent.Domain).Out, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_running_service_that_was_disabled_is_enabled_and_left_running() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var first = await agent.DeployAsync();
        agent.Launchd.Run("disable", agent.Target);
        var before = agent.Launchd.Calls.Count;

        var again = await agent.DeployAsync();

        Assert.Equal(["enable"], agent.ChangesSince(before));
        Assert.Equal(first.Service.ProcessId, again.Service.ProcessId);
    });

    [Fact]
    public Task A_label_that_another_definition_holds_is_not_taken() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        var other = Path.Combine(agent.Folder, "other.plist");
        File.Move(agent.Plist, other);
        agent.Launchd.Run("bootout", agent.Target);
        await Agent.UntilAsync(() => agent.Launchd.Run("bootstrap", agent.Domain, other).Exit == 0, "loaded from there");
        var process = agent.ProcessId;

        var run = await agent.RunAsync("DeployGateway");

        run.FailedWith("HGW3004");
        Assert.Contains(other, run.Errors[0].Text, StringComparison.Ordinal);
        Assert.Equal(process, agent.ProcessId);
        Assert.False(File.Exists(agent.Plist));
    });
}

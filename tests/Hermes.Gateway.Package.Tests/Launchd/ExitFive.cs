using System.Diagnostics;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>"Bootstrap failed: 5: Input/output error" is launchd's answer to nearly everything. Each cause is told
/// apart, and then recovered from or explained.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class ExitFive(PackageFixture package)
{
    private const string Words = "Bootstrap failed: 5: Input/output error\nTry re-running the command as root for richer errors.\n";

    [Fact]
    public Task Because_another_copy_is_already_loaded_is_recovered_from() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");
        var other = Path.Combine(agent.Folder, "other.plist");
        File.Copy(agent.Plist, other);
        // Somebody loads the old copy in the moment between our bootout and our bootstrap.
        var launchctl = agent.WriteScript("launchctl", $"""
            if [ "$1" = bootstrap ] && [ -e {other} ]; then {agent.Launchd.Launchctl} bootstrap "$2" {other}; rm {other}; fi
            exec {agent.Launchd.Launchctl} "$@"
            """);
        var before = agent.Launchd.Calls.Count;

        await agent.DeployAsync("-p:HermesGatewayArguments=new", $"-p:HermesGatewayLaunchctlPath={launchctl}");

        Assert.Equal(
            ["bootout 0", "bootstrap 0", "bootstrap 5", "bootout 0", "bootstrap 0", "kickstart 0"],
            agent.Launchd.Calls.Skip(before).Where(call => !call.Verb.StartsWith("print", StringComparison.Ordinal))
                .Select(call => $"{call.Verb} {call.Exit}"));
        Assert.Equal(["/bin/sh", agent.Program, "new"], agent.CommandLine);
    });

    [Fact]
    public Task Because_the_old_job_is_still_being_torn_down_out_of_sight_is_tried_again() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Faults(new Fault("bootstrap") { Times = 3, Exit = 5, Stderr = Words, Effect = "none" });

        await agent.DeployAsync();

        Assert.Equal(["bootstrap", "bootstrap", "bootstrap", "bootstrap", "kickstart"], agent.ChangesSince(0));
    });

    [Theory]
    [InlineData("0666")]
    [InlineData("0664")]
    [InlineData("0600")]
    public Task Because_of_the_files_mode_is_found_before_and_repaired(string mode) => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Settings(new { rejectPrivatePlists = true });
        await agent.DeployAsync();
        (await agent.RunAsync("StopGateway")).Succeeded();
        File.SetUnixFileMode(agent.Plist, (UnixFileMode)Convert.ToInt32(mode, 8));
        Assert.Equal(5, agent.Launchd.Run("bootstrap", agent.Domain, agent.Plist).Exit);

        var run = await agent.DeployAsync();

        Assert.Contains($"FileAccess: mode {mode}", run.Service.Metadata["Differences"], StringComparison.Ordinal);
        Assert.DoesNotContain(agent.Launchd.Calls.TakeLast(10), call => call is { Verb: "bootstrap", Exit: not 0 } && call.Args[1] != agent.Plist);
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(agent.Plist));
    });

    [Fact]
    public Task Because_of_the_files_owner_is_found_before_and_repaired() => package.WithBuiltWorkerAsync(Requires.Root, async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        (await agent.RunAsync("StopGateway")).Succeeded();
        using (var chown = Process.Start("chown", ["1234", agent.Plist])) await chown.WaitForExitAsync();
        Assert.Equal(5, agent.Launchd.Run("bootstrap", agent.Domain, agent.Plist).Exit);

        var run = await agent.DeployAsync();

        Assert.Contains("user id 1234", run.Service.Metadata["Differences"], StringComparison.Ordinal);
    });

    [Fact]
    public Task Because_the_service_is_disabled_is_explained_when_it_could_not_be_seen_before() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Settings(new { disabledExit = 5 });
        agent.Launchd.Run("disable", agent.Target);
        agent.Launchd.Faults(new Fault("print-disabled") { Exit = 125, Times = 2, Stderr = "Could not print disabled\n", Effect = "none" });

        var run = await agent.RunAsync("DeployGateway");

        run.FailedWith("HGW3008");
        Assert.Equal($"launchctl enable {agent.Target}", run.Service.Metadata["Advice"]);
    });

    [Fact]
    public Task Because_the_definition_is_damaged_while_it_is_loaded_is_explained() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        // The first call that follows the writing damages the file, as another tool would at this moment.
        var script = agent.WriteScript("launchctl", $"""
            if [ "$1" = bootstrap ]; then echo '<plist><dict><key>' > "$3"; fi
            exec {agent.Launchd.Launchctl} "$@"
            """);

        var run = await agent.RunAsync("DeployGateway", $"-p:HermesGatewayLaunchctlPath={script}");

        Assert.Contains("HGW3005", run.ErrorCodes);
        Assert.Contains("it is not a valid property list", run.Errors.First(error => error.Code == "HGW3005").Text, StringComparison.Ordinal);
    });

    [Fact]
    public Task Without_any_cause_to_be_seen_is_tried_within_bounds_and_says_how_to_learn_more() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        agent.Launchd.Faults(new Fault("bootstrap") { Times = 0, Exit = 5, Stderr = Words, Effect = "none" });

        var run = await agent.RunAsync("DeployGateway", "-p:HermesGatewayTimeoutSeconds=4");

        run.FailedWith("HGW3001");
        Assert.Contains("Input/output error", run.Errors[0].Text, StringComparison.Ordinal);
        Assert.Contains("Until it is loaded, nothing of it runs", run.Errors[0].Text, StringComparison.Ordinal);
        Assert.Equal($"sudo launchctl bootstrap {agent.Domain} {agent.Plist}", run.Service.Metadata["Advice"]);
        Assert.InRange(agent.Launchd.Calls.Count(call => call.Verb == "bootstrap"), 2, 20);
    });
}

using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>launchctl answers "Bootstrap failed: 5: Input/output error", which has many causes.</summary>
public class BootstrapExitFive
{
    private const string Words = "Bootstrap failed: 5: Input/output error\nTry re-running the command as root for richer errors.\n";

    [Fact]
    public void Caused_by_an_already_loaded_copy_is_repaired()
    {
        using var agent = new CoreAgent();
        agent.Deploy("old");
        var other = agent.PathOf("other.plist");
        File.Copy(agent.Plist, other);
        // Another tool loads the old copy between our bootout and our bootstrap.
        var launchctl = agent.WriteScript("launchctl", $"""
            if [ "$1" = bootstrap ] && [ -e {other} ]; then {agent.Launchd.Launchctl} bootstrap "$2" {other}; rm {other}; fi
            exec {agent.Launchd.Launchctl} "$@"
            """);
        var before = agent.Launchd.Calls.Count;

        agent.Deploy("new", input => input.With("LaunchctlPath", launchctl));

        Assert.Equal(
            ["bootout 0", "bootstrap 0", "bootstrap 5", "bootout 0", "bootstrap 0", "kickstart 0"],
            agent.Launchd.Calls.Skip(before).Where(call => !call.Verb.StartsWith("print", StringComparison.Ordinal))
                .Select(call => $"{call.Verb} {call.Exit}"));
        Assert.Equal(["/bin/sh", agent.ProgramPath, "new"], agent.CommandLine);
    }

    [Fact]
    public void Caused_by_an_unlisted_terminating_job_is_retried()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Faults(new Fault("bootstrap") { Times = 3, Exit = 5, Stderr = Words, Effect = "none" });

        agent.Deploy();

        Assert.Equal(["bootstrap", "bootstrap", "bootstrap", "bootstrap", "kickstart"], agent.ChangesSince(0));
    }

    [Theory]
    [InlineData("0666")]
    [InlineData("0664")]
    [InlineData("0600")]
    public void Caused_by_the_mode_of_the_plist_is_prevented_by_a_repair(string mode)
    {
        using var agent = new CoreAgent();
        agent.Launchd.Settings(new { rejectPrivatePlists = true });
        agent.Deploy();
        agent.Try(Operation.Stop).Succeeded();
        File.SetUnixFileMode(agent.Plist, (UnixFileMode)Convert.ToInt32(mode, 8));
        Assert.Equal(5, agent.Launchd.Run("bootstrap", agent.GuiDomain, agent.Plist).Exit);

        var run = agent.Deploy();

        Assert.Contains($"FileAccess: mode {mode}", run.DifferencesText(), StringComparison.Ordinal);
        Assert.DoesNotContain(agent.Launchd.Calls.TakeLast(10), call => call is { Verb: "bootstrap", Exit: not 0 } && call.Args[1] != agent.Plist);
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(agent.Plist));
    }

    [Fact]
    public void Caused_by_the_owner_of_the_plist_is_prevented_by_a_repair()
    {
        Requires.Root();
        using var agent = new CoreAgent();
        agent.Deploy();
        agent.Try(Operation.Stop).Succeeded();
        FileOwner.Give(agent.Plist, 1234, 0);
        Assert.Equal(5, agent.Launchd.Run("bootstrap", agent.GuiDomain, agent.Plist).Exit);

        var run = agent.Deploy();

        Assert.Contains("user id 1234", run.DifferencesText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Caused_by_a_disabled_service_is_explained_although_print_disabled_failed()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Settings(new { disabledExit = 5 });
        agent.Launchd.Run("disable", agent.GuiTarget);
        agent.Launchd.Faults(new Fault("print-disabled") { Exit = 125, Times = 2, Stderr = "Could not print disabled\n", Effect = "none" });

        var run = agent.Try(Operation.Deploy);

        run.FailedWith("HGW3008");
        Assert.Equal($"launchctl enable {agent.GuiTarget}", run.Advice);
    }

    [Fact]
    public void Caused_by_a_plist_damaged_during_bootstrap_is_explained()
    {
        using var agent = new CoreAgent();
        // The first call that follows the writing damages the file, as another tool would at this moment.
        var script = agent.WriteScript("launchctl", $"""
            if [ "$1" = bootstrap ]; then echo '<plist><dict><key>' > "$3"; fi
            exec {agent.Launchd.Launchctl} "$@"
            """);

        var run = agent.Try(Operation.Deploy, change: input => input.With("LaunchctlPath", script));

        Assert.Contains("HGW3005", run.ErrorCodes());
        Assert.Contains("it is not a valid property list", run.Errors().First(error => error.Code == "HGW3005").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_visible_cause_is_retried_until_the_deadline_and_advises_bootstrap_as_root()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Faults(new Fault("bootstrap") { Times = 0, Exit = 5, Stderr = Words, Effect = "none" });

        var run = agent.Try(Operation.Deploy, change: input => input with { TimeoutSeconds = "4" });

        run.FailedWith("HGW3001");
        Assert.Contains("Input/output error", run.Errors()[0].Message, StringComparison.Ordinal);
        Assert.Contains("Until it is loaded, nothing of it runs", run.Errors()[0].Message, StringComparison.Ordinal);
        Assert.Equal($"sudo launchctl bootstrap {agent.GuiDomain} {agent.Plist}", run.Advice);
        Assert.InRange(agent.Launchd.Calls.Count(call => call.Verb == "bootstrap"), 2, 20);
    }
}

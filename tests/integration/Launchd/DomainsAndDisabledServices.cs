using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>The login session of the user decides which domains exist, and <c>launchctl disable</c> whether a service may
/// be loaded.</summary>
public class DomainsAndDisabledServices
{
    [Fact]
    public void Session_without_gui_uses_the_user_domain_and_reports_it()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Settings(new { domains = new[] { "user", "system" }, session = "Background" });

        var run = agent.Try(Operation.Deploy).Succeeded();

        Assert.Equal("current, current, current", run.Layers());
        Assert.True(agent.IsLoadedIn($"user/{agent.Launchd.UserId}"));
        Assert.Contains($"belongs to user/{agent.Launchd.UserId}", run.FindingsText(), StringComparison.Ordinal);
        var again = agent.Try(Operation.Deploy).Succeeded();
        Assert.Equal((Outcome.Unchanged, run.ProcessId), (again.Outcome, again.ProcessId));
    }

    [Fact]
    public void Bootstrap_exit_125_in_the_gui_domain_falls_back_to_the_user_domain()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Faults(new Fault("bootstrap")
        {
            Exit = 125, Effect = "none", Stderr = "Bootstrap failed: 125: Domain does not support specified action\n",
        });

        var run = agent.Try(Operation.Deploy).Succeeded();

        Assert.Equal("current, current, current", run.Layers());
        Assert.True(agent.IsLoadedIn($"user/{agent.Launchd.UserId}"));
        Assert.False(agent.IsLoaded);
    }

    [Fact]
    public void Definition_for_Aqua_only_is_refused_in_a_background_session_before_any_change()
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        agent.Try(Operation.Stop).Succeeded();
        var text = File.ReadAllText(agent.Plist);
        File.WriteAllText(agent.Plist, text.Replace("<string>Background</string>", "", StringComparison.Ordinal));
        agent.Launchd.Settings(new { domains = new[] { "user", "system" }, session = "Background" });
        var before = agent.Launchd.Calls.Count;

        var run = agent.Try(Operation.Deploy);

        run.FailedWith("HGW3010");
        Assert.Contains("only into sessions of type Aqua", run.Errors()[0].Message, StringComparison.Ordinal);
        Assert.Empty(agent.ChangesSince(before));
    }

    [Fact]
    public void Missing_domain_is_reported_before_any_change()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Settings(new { domains = new[] { "system" } });

        var run = agent.Try(Operation.Deploy);

        run.FailedWith("HGW3009");
        Assert.False(File.Exists(agent.Plist));
    }

    [Fact]
    public void Job_loaded_into_both_domains_is_reduced_to_one()
    {
        using var agent = new CoreAgent();
        var user = $"user/{agent.Launchd.UserId}";
        agent.Launchd.Settings(new { domains = new[] { "user" }, session = "Background" });
        agent.Try(Operation.Deploy).Succeeded();
        // The user logs in at the screen, and launchd loads the agent there as well.
        agent.Launchd.Settings(new { });
        Assert.Equal(0, agent.Launchd.Run("bootstrap", agent.GuiDomain, agent.Plist).Exit);

        var status = agent.Try(Operation.Status).Succeeded();
        Assert.Contains("HGW3014", status.FindingsText(), StringComparison.Ordinal);
        Assert.Equal("stale", ReportText.Word(status.After.Loaded));

        agent.Deploy();
        Assert.True(agent.IsLoaded);
        Assert.False(agent.IsLoadedIn(user));
    }

    [Theory]
    [InlineData("deploy")]
    [InlineData("start")]
    [InlineData("restart")]
    public void Disabled_service_is_enabled_by_a_verb_that_starts_it_and_reported(string verb)
    {
        using var agent = new CoreAgent();
        agent.Launchd.Run("disable", agent.GuiTarget);
        var operation = new[] { Operation.Deploy, Operation.Start, Operation.Restart }.Single(one => one.Verb == verb);

        var run = agent.Try(operation).Succeeded();

        Assert.Equal(["disable", "enable", "bootstrap", "kickstart"], agent.ChangesSince(0));
        Assert.Contains("HGW3008", run.FindingsText(), StringComparison.Ordinal);
        Assert.Equal(("current, current, current", "yes"), (run.Layers(), ReportText.Word(run.After.Enabled)));
    }

    [Fact]
    public void Disabled_service_is_only_reported_by_a_verb_that_does_not_start_it()
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        agent.Launchd.Run("disable", agent.GuiTarget);
        var before = agent.Launchd.Calls.Count;

        var status = agent.Try(Operation.Status).Succeeded();
        var verified = agent.Try(Operation.Verify).FailedWith("HGW4008");
        agent.Try(Operation.Stop).Succeeded();
        agent.Try(Operation.Uninstall).Succeeded();

        Assert.Equal("no", ReportText.Word(status.After.Enabled));
        Assert.Equal($"launchctl enable {agent.GuiTarget}", verified.Advice);
        Assert.DoesNotContain("enable", agent.ChangesSince(before));
        // The prohibition is the operator's, and outlives what was removed.
        Assert.Contains($"\"{agent.Name}\" => disabled", agent.Launchd.Run("print-disabled", agent.GuiDomain).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Disabled_running_service_is_enabled_without_a_restart()
    {
        using var agent = new CoreAgent();
        var first = agent.Deploy();
        agent.Launchd.Run("disable", agent.GuiTarget);
        var before = agent.Launchd.Calls.Count;

        var again = agent.Deploy();

        Assert.Equal(["enable"], agent.ChangesSince(before));
        Assert.Equal(first.ProcessId, again.ProcessId);
    }

    [Fact]
    public async Task Label_loaded_from_another_definition_is_refused()
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        var other = agent.PathOf("other.plist");
        File.Move(agent.Plist, other);
        agent.Launchd.Run("bootout", agent.GuiTarget);
        await Manager.UntilAsync(() => agent.Launchd.Run("bootstrap", agent.GuiDomain, other).Exit == 0, "loaded from there");
        var process = agent.ProcessId;

        var run = agent.Try(Operation.Deploy);

        run.FailedWith("HGW3004");
        Assert.Contains(other, run.Errors()[0].Message, StringComparison.Ordinal);
        Assert.Equal(process, agent.ProcessId);
        Assert.False(File.Exists(agent.Plist));
    }
}

using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>Each refusal that launchd has a code for: what it is taken for, and that it is not tried again in vain.</summary>
public class RefusalsOfBootstrap
{
    public static TheoryData<int, string, string> Refusals => new()
    {
        { 109, "Bootstrap failed: 109: Invalid property list", "HGW3005" },
        { 110, "Bootstrap failed: 110: Invalid or missing service identifier", "HGW3005" },
        { 111, "Bootstrap failed: 111: Invalid or missing Program/ProgramArguments", "HGW3005" },
        { 122, "Bootstrap failed: 122: Path had bad ownership/permissions", "HGW3005" },
        { 119, "Bootstrap failed: 119: Service is disabled", "HGW3008" },
        { 124, "Bootstrap failed: 124: Domain is tearing down", "HGW3009" },
        { 146, "Bootstrap failed: 146: Domain is in on-demand-only mode", "HGW3009" },
        { 134, "Bootstrap failed: 134: Service cannot load in requested session", "HGW3010" },
        { 150, "Bootstrap failed: 150: Operation not permitted while System Integrity Protection is engaged", "HGW3013" },
        { 155, "Bootstrap failed: 155: Refusing to execute/trust quarantined program/file", "HGW3013" },
        { 1, "Bootstrap failed: 1: Operation not permitted", "HGW3013" },
        { 64, "Unrecognized target specifier.", "HGW3001" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Is_named_and_not_tried_again(int exit, string words, string code)
    {
        using var agent = new CoreAgent();
        agent.Launchd.Faults(new Fault("bootstrap") { Times = 0, Exit = exit, Stderr = words + "\n", Effect = "none" });

        var report = agent.Fail(Operation.Deploy, DiagnosticCatalog.All.Single(descriptor => descriptor.Code == code));

        Assert.Single(agent.Launchd.Calls, call => call.Verb == "bootstrap");
        Assert.Equal((InstalledState.Current, LoadedState.No, RunningState.No), (report.After.Installed, report.After.Loaded, report.After.Running));
    }

    [Fact]
    public void For_want_of_a_domain_goes_on_to_the_next_and_then_gives_up()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Faults(new Fault("bootstrap")
        {
            Times = 0, Exit = 125, Effect = "none", Stderr = "Bootstrap failed: 125: Domain does not support specified action\n",
        });

        agent.Fail(Operation.Deploy, DiagnosticCatalog.DomainUnavailable);

        Assert.Equal(
            [$"gui/{agent.Launchd.UserId}", $"user/{agent.Launchd.UserId}"],
            agent.Launchd.Calls.Where(call => call.Verb == "bootstrap").Select(call => call.Args[0]));
    }

    [Fact]
    public void Of_a_launchctl_that_is_not_there_is_told_before_anything_is_written()
    {
        using var agent = new CoreAgent();
        agent.Input = agent.Input.With("LaunchctlPath", "/nowhere/launchctl");

        var report = agent.Fail(Operation.Deploy, DiagnosticCatalog.ManagerNotFound);

        Assert.Equal((InstalledState.Missing, LoadedState.Unknown), (report.After.Installed, report.After.Loaded));
    }
}

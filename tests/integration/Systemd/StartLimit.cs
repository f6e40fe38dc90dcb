using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>systemd refuses to start a unit that was started <c>StartLimitBurst</c> times within <c>StartLimitIntervalSec</c>.</summary>
public class StartLimit
{
    public StartLimit() => Requires.Systemd();

    [Fact]
    public async Task Reached_limit_is_reported_and_reset_by_a_deploy()
    {
        await using var service = SystemdService.Deploy();
        service.AddDropIn("[Unit]\nStartLimitIntervalSec=1000\nStartLimitBurst=2\n");
        Manager.Run("daemon-reload");
        for (var i = 0; i < 3; i++) Manager.Try("restart", service.Unit);
        await Manager.UntilAsync(() => Manager.Property(service.Unit, "ActiveState") == "failed", "the start limit is reached");

        var status = service.Succeed(Operation.Status);
        Assert.Equal(RunningState.No, status.After.Running);
        Assert.Contains(status.Findings, finding => finding.Descriptor == DiagnosticCatalog.StartLimit);

        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }

    [Fact]
    public async Task Twelve_deploys_in_a_row_do_not_reach_the_limit()
    {
        await using var service = SystemdService.Deploy();
        service.Input = service.Input with { StabilitySeconds = "0" };
        for (var i = 0; i < 12; i++)
        {
            service.Input = service.Input with { Arguments = [i.ToString(CultureInfo.InvariantCulture)] };
            Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
        }
    }

    [Fact]
    public async Task Repair_resets_the_limit_only_if_the_last_start_was_within_its_interval()
    {
        await using var service = SystemdService.Deploy();
        service.AddDropIn("[Unit]\nStartLimitIntervalSec=1s\nStartLimitBurst=1\n");
        service.Input = service.Input with { StabilitySeconds = "0" };
        service.Succeed(Operation.Deploy);
        var started = long.Parse(Manager.Property(service.Unit, "ExecMainStartTimestampMonotonic"), CultureInfo.InvariantCulture);
        await Manager.UntilAsync(
            () => Environment.TickCount64 > (started / 1000) + 1_100, "the last start is older than the interval");

        service.Input = service.Input with { Arguments = ["after the interval"] };
        var afterInterval = service.Succeed(Operation.Deploy);
        // The long interval makes the next start count as recent on a machine of any speed.
        service.AddDropIn("[Unit]\nStartLimitIntervalSec=1000s\nStartLimitBurst=1\n");
        Manager.Run("daemon-reload");
        service.Input = service.Input with { Arguments = ["within the interval"] };
        var withinInterval = service.Succeed(Operation.Deploy);

        Assert.Equal([StepKind.Write, StepKind.Load, StepKind.Restart], afterInterval.Steps.Select(step => step.Kind));
        Assert.Equal(4, afterInterval.Commands.Length);
        Assert.Equal(
            [StepKind.Write, StepKind.Load, StepKind.ClearFailure, StepKind.Restart], withinInterval.Steps.Select(step => step.Kind));
        Assert.True(afterInterval.After.AllCurrent && withinInterval.After.AllCurrent);
    }
}

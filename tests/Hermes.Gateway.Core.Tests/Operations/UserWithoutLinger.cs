using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>Without linger, a user's services end with the session: a deploy enables linger first when that is requested,
/// and reports a finding otherwise.</summary>
public sealed class UserWithoutLinger : IDisposable
{
    private static readonly StepKind[] FirstDeploy = [StepKind.Write, StepKind.Enable, StepKind.Load, StepKind.Start];
    private readonly World _world = new();

    public UserWithoutLinger() => _world.Manager.StartsWithoutLogin = Answer.No;

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Requested_linger_is_enabled_before_all_other_steps(bool isUp)
    {
        _world.Manager.IsUp = isUp;

        var report = _world.Run(Operation.Deploy, _world.Request() with { RunWithoutLogin = true });

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.True(report.After.AllCurrent);
        Assert.Equal(FirstDeploy.Prepend(StepKind.RunWithoutLogin), report.Steps.Select(step => step.Kind));
        Assert.All(report.Steps, step => Assert.Equal(StepStatus.Done, step.Status));
        Assert.Equal("RunWithoutLogin: my-gateway", _world.Manager.Applied[0]);
        Assert.Equal(Answer.Yes, report.StartsWithoutLogin);
        Assert.DoesNotContain(report.Findings, finding => finding.Severity != Severity.Info);
        Assert.DoesNotContain(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.LingeringOff);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Plan_shows_the_linger_command_and_the_steps_known_so_far(bool isUp)
    {
        _world.Manager.IsUp = isUp;

        var report = _world.Run(Operation.PlanDeploy, _world.Request() with { RunWithoutLogin = true });

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Equal(
            isUp ? FirstDeploy.Prepend(StepKind.RunWithoutLogin) : [StepKind.RunWithoutLogin],
            report.Steps.Select(step => step.Kind));
        Assert.StartsWith("loginctl enable-linger ", report.Steps[0].Command, StringComparison.Ordinal);
        Assert.Equal(!isUp, report.Steps[0].Reason.Contains("is known when it is", StringComparison.Ordinal));
        Assert.Empty(_world.Manager.Applied);
    }

    [Fact]
    public void Linger_is_the_only_step_for_a_service_without_drift()
    {
        var request = _world.Request() with { RunWithoutLogin = true };
        _world.Deployed(request.Definition);

        var report = _world.Run(Operation.Deploy, request);
        var again = _world.Run(Operation.Deploy, request);

        Assert.Equal(["RunWithoutLogin: my-gateway"], _world.Manager.Applied);
        Assert.Equal((Outcome.Changed, Outcome.Unchanged), (report.Outcome, again.Outcome));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Refused_linger_ends_the_deploy_before_any_other_step(bool isUp)
    {
        _world.Manager.IsUp = isUp;
        _world.Manager.Intercept = (kind, _) => kind == StepKind.RunWithoutLogin
            ? new StepResult(StepStatus.Failed, DiagnosticCatalog.LingerRefused.Error("denied", "sudo"))
            : null;

        var report = _world.Run(Operation.Deploy, _world.Request() with { RunWithoutLogin = true });

        Assert.Equal((Outcome.Failed, false), (report.Outcome, report.Changed));
        Assert.Equal(DiagnosticCatalog.LingerRefused, report.Findings[0].Descriptor);
        Assert.Equal(["RunWithoutLogin: my-gateway"], _world.Manager.Applied);
        Assert.False(File.Exists(report.DefinitionPath));
    }

    [Fact]
    public void Linger_without_effect_is_reported_and_not_tried_again()
    {
        _world.Manager.Intercept = (kind, _) => kind == StepKind.RunWithoutLogin ? StepResult.Done : null;
        var up = _world.Run(Operation.Deploy, _world.Request() with { RunWithoutLogin = true });
        _world.Manager.IsUp = false;
        var down = _world.Run(Operation.Restart, _world.Request() with { RunWithoutLogin = true });

        Assert.Equal((Outcome.Changed, Outcome.Failed), (up.Outcome, down.Outcome));
        Assert.Contains(up.Findings, finding => finding is { Code: "HGW1013", Severity: Severity.Warning });
        Assert.Contains(down.Findings, finding => finding is { Code: "HGW1008", Severity: Severity.Error });
        Assert.Equal(2, _world.Manager.Applied.Count(step => step.StartsWith("RunWithoutLogin", StringComparison.Ordinal)));
    }

    public static TheoryData<string, bool, Severity?> Severities => new()
    {
        { "deploy", false, Severity.Warning },
        { "install", false, Severity.Warning },
        { "plan", false, Severity.Warning },
        { "deploy", true, Severity.Info },
        { "verify", true, Severity.Info },
        { "status", true, Severity.Info },
        { "restart", true, Severity.Info },
        { "stop", true, null },
        { "uninstall", true, null },
    };

    [Theory]
    [MemberData(nameof(Severities))]
    public void Missing_linger_is_a_warning_only_before_the_first_installation(
        string verb, bool isDeployed, Severity? expected)
    {
        var request = _world.Request();
        if (isDeployed) _world.Deployed(request.Definition);

        var report = _world.Run(OperationOf(verb), request);

        Assert.Equal(expected, report.Findings.FirstOrDefault(finding => finding.Code == "HGW1013")?.Severity);
        Assert.NotEqual(Outcome.Failed, report.Outcome);
    }

    [Fact]
    public void User_manager_that_is_not_running_is_never_reported_as_a_stopped_service()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        var text = File.ReadAllText(_world.PathOf(request));
        _world.Manager.IsUp = false;

        var status = _world.Run(Operation.Status, request);
        Assert.Equal(Outcome.Unchanged, status.Outcome);
        Assert.Equal((LoadedState.Unknown, RunningState.Unknown), (status.After.Loaded, status.After.Running));
        Assert.Contains(status.Findings, finding => finding.Code == "HGW1008");
        foreach (var verb in new[] { "deploy", "install", "plan", "start", "restart", "stop", "uninstall", "verify" })
        {
            var report = _world.Run(OperationOf(verb), request);
            Assert.Equal((verb, Outcome.Failed, "HGW1008"), (verb, report.Outcome, report.Findings[0].Code));
        }

        Assert.Empty(_world.Manager.Applied);
        Assert.Equal(text, File.ReadAllText(_world.PathOf(request)));
    }

    [Fact]
    public void Missing_linger_is_reported_before_any_step()
    {
        var listener = new Recorder(_world);
        _world.Listener = listener;

        _world.Run(Operation.Deploy, _world.Request());

        var (applied, steps, findings) = Assert.Single(listener.Plans);
        Assert.Equal(0, applied);
        Assert.Equal(FirstDeploy, steps);
        Assert.Contains(("HGW1013", Severity.Warning), findings);
    }

    [Fact]
    public void Plan_is_announced_again_after_linger_is_enabled_and_never_with_a_blocker()
    {
        var listener = new Recorder(_world);
        (_world.Listener, _world.Manager.IsUp) = (listener, false);

        _world.Run(Operation.Deploy, _world.Request());
        Assert.Empty(listener.Plans);
        _world.Run(Operation.Deploy, _world.Request() with { RunWithoutLogin = true });

        Assert.Equal([(0, 1), (1, FirstDeploy.Length)], listener.Plans.Select(plan => (plan.Applied, plan.Steps.Length)));
    }

    private static Operation OperationOf(string verb) => new[]
    {
        Operation.Deploy, Operation.Install, Operation.PlanDeploy, Operation.Start, Operation.Restart, Operation.Stop,
        Operation.Uninstall, Operation.Verify, Operation.Status,
    }.First(operation => operation.Verb == verb);

    /// <summary>Records each announced plan with the number of steps applied before it.</summary>
    private sealed class Recorder(World world) : IOperationListener
    {
        public List<(int Applied, StepKind[] Steps, (string Code, Severity Severity)[] Findings)> Plans { get; } = [];

        public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings) => Plans.Add((
            world.Manager.Applied.Count, [.. plan.Steps.Select(step => step.Kind)],
            [.. findings.Select(finding => (finding.Code, finding.Severity))]));
    }
}

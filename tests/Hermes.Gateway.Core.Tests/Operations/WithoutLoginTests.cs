using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A user's services that end with the session: told, or made good first of all, before anything is touched.</summary>
public sealed class WithoutLoginTests : IDisposable
{
    private static readonly StepKind[] FirstDeploy = [StepKind.Write, StepKind.Enable, StepKind.Load, StepKind.Start];
    private readonly World _world = new();

    public WithoutLoginTests() => _world.Manager.StartsWithoutLogin = Answer.No;

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_it_is_allowed_it_comes_first_and_everything_is_looked_at_again(bool isUp)
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
    public void A_plan_shows_it_with_its_command_and_the_rest_as_far_as_it_is_known(bool isUp)
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
    public void It_is_done_for_a_service_without_drift_too_and_nothing_else_is()
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
    public void Refused_nothing_else_is_touched(bool isUp)
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
    public void Without_effect_it_is_not_tried_again_but_told()
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

    public static TheoryData<string, bool, Severity?> Weights => new()
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
    [MemberData(nameof(Weights))]
    public void Where_it_is_not_it_is_a_warning_only_for_who_is_about_to_rely_on_it(
        string verb, bool isDeployed, Severity? expected)
    {
        var request = _world.Request();
        if (isDeployed) _world.Deployed(request.Definition);

        var report = _world.Run(OperationOf(verb), request);

        Assert.Equal(expected, report.Findings.FirstOrDefault(finding => finding.Code == "HGW1013")?.Severity);
        Assert.NotEqual(Outcome.Failed, report.Outcome);
    }

    [Fact]
    public void No_verb_takes_a_manager_that_is_not_up_for_services_that_are_stopped()
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
    public void It_is_told_before_anything_is_touched()
    {
        var listener = new Recorder(_world);
        _world.Listener = listener;

        _world.Run(Operation.Deploy, _world.Request());

        var (applied, steps, findings) = Assert.Single(listener.Heard);
        Assert.Equal(0, applied);
        Assert.Equal(FirstDeploy, steps);
        Assert.Contains(("HGW1013", Severity.Warning), findings);
    }

    [Fact]
    public void What_is_planned_anew_is_told_anew_and_what_is_forbidden_is_not()
    {
        var listener = new Recorder(_world);
        (_world.Listener, _world.Manager.IsUp) = (listener, false);

        _world.Run(Operation.Deploy, _world.Request());
        Assert.Empty(listener.Heard);
        _world.Run(Operation.Deploy, _world.Request() with { RunWithoutLogin = true });

        Assert.Equal([(0, 1), (1, FirstDeploy.Length)], listener.Heard.Select(heard => (heard.Applied, heard.Steps.Length)));
    }

    private static Operation OperationOf(string verb) => new[]
    {
        Operation.Deploy, Operation.Install, Operation.PlanDeploy, Operation.Start, Operation.Restart, Operation.Stop,
        Operation.Uninstall, Operation.Verify, Operation.Status,
    }.First(operation => operation.Verb == verb);

    /// <summary>What was heard, and how many steps the manager had taken by then.</summary>
    private sealed class Recorder(World world) : IOperationListener
    {
        public List<(int Applied, StepKind[] Steps, (string Code, Severity Severity)[] Findings)> Heard { get; } = [];

        public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings) => Heard.Add((
            world.Manager.Applied.Count, [.. plan.Steps.Select(step => step.Kind)],
            [.. findings.Select(finding => (finding.Code, finding.Severity))]));
    }
}

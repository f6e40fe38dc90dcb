using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A deploy that breaks a healthy service restores the last good state and still fails.</summary>
public sealed class RollbackOfADeploy : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Healthy_service_broken_by_a_new_definition_gets_its_old_one_back()
    {
        var (old, changed) = Deploy();
        var before = File.ReadAllText(_world.PathOf(old));
        BreaksWith(changed);

        var report = _world.Run(Operation.Deploy, changed);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Equal(["HGW3006", "HGW4004", "HGW4014"], report.Findings.Select(finding => finding.Code));
        Assert.Equal(before, File.ReadAllText(_world.PathOf(old)));
        var verified = _world.Run(Operation.Verify, old);
        Assert.Equal(Outcome.Unchanged, verified.Outcome);
        Assert.Equal(report.ProcessId, verified.ProcessId);
    }

    [Theory]
    [InlineData(false, "failed, the last good state is back")]
    [InlineData(true, "failed, the settings are back, the program is the new one")]
    public void Rollback_of_a_program_that_was_built_over_says_that_the_new_one_runs(bool isBuiltOver, string result)
    {
        var (_, changed) = Deploy();
        if (isBuiltOver) changed = changed with { Definition = changed.Definition with { Revision = "another build" } };
        BreaksWith(changed);

        var report = _world.Run(Operation.Deploy, changed);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Contains(result, ReportText.Summary(report), StringComparison.Ordinal);
        Assert.Equal(
            isBuiltOver, report.Findings.Single(finding => finding.Code == "HGW4014").Message.Contains("only the settings went back", StringComparison.Ordinal));
    }

    [Fact]
    public void Restored_process_is_not_reported_as_one_of_the_new_definition()
    {
        var (_, changed) = Deploy();
        BreaksWith(changed);
        var afterStep = _world.Manager.AfterStep;
        // The process cannot be read, like one of another account: only its verified start could prove it.
        _world.Manager.AfterStep = kind =>
        {
            afterStep(kind);
            if (kind is StepKind.Start or StepKind.Restart) _world.Service(changed).HideEnvironment();
        };

        var report = _world.Run(Operation.Deploy, changed);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Equal(RunningState.Unknown, report.After.Running);
    }

    [Fact]
    public void Service_that_was_already_broken_keeps_the_new_definition()
    {
        var (old, changed) = Deploy();
        _world.Service(old).Stop();
        BreaksWith(changed);

        var report = _world.Run(Operation.Deploy, changed);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains("--changed", File.ReadAllText(_world.PathOf(old)), StringComparison.Ordinal);
    }

    [Fact]
    public void Failed_first_deploy_keeps_its_definition()
    {
        var request = _world.Request();
        _world.Service(request).OnStart = OnStart.Fails;

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.True(File.Exists(_world.PathOf(request)));
    }

    [Fact]
    public void Rollback_can_be_turned_off()
    {
        var (old, changed) = Deploy();
        BreaksWith(changed);

        var report = _world.Run(Operation.Deploy, changed with { Rollback = false });

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains("--changed", File.ReadAllText(_world.PathOf(old)), StringComparison.Ordinal);
    }

    [Fact]
    public void Rollback_that_does_not_restore_the_service_is_reported()
    {
        var (old, changed) = Deploy();
        _world.Service(old).OnStart = OnStart.Fails;

        var report = _world.Run(Operation.Deploy, changed);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Equal("HGW4015", report.Findings.Last(finding => finding.Severity == Severity.Error).Code);
        // The last good definition is nevertheless on disk.
        Assert.DoesNotContain("--changed", File.ReadAllText(_world.PathOf(old)), StringComparison.Ordinal);
    }

    [Fact]
    public void Definition_edited_during_the_deploy_is_left_alone()
    {
        var (old, changed) = Deploy();
        _world.Service(old).OnStart = OnStart.Fails;
        _world.Manager.AfterStep = kind =>
        {
            if (kind == StepKind.Restart) File.AppendAllText(_world.PathOf(old), "# by hand\n");
        };

        var report = _world.Run(Operation.Deploy, changed);

        Assert.Contains(report.Findings, finding => finding.Code == "HGW4015");
        Assert.EndsWith("# by hand\n", File.ReadAllText(_world.PathOf(old)), StringComparison.Ordinal);
    }

    [Fact]
    public void Process_that_never_ended_is_not_restarted_by_the_rollback()
    {
        var (old, changed) = Deploy();
        var process = _world.Service(old).Running.ProcessId;
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Restart
            ? new StepResult(StepStatus.Failed, DiagnosticCatalog.StartFailed.Error("refused.", "look"))
            : null;

        var report = _world.Run(Operation.Deploy, changed);

        Assert.Equal((Outcome.RolledBack, process), (report.Outcome, report.ProcessId));
        Assert.Single(_world.Manager.Applied, step => step.StartsWith("Restart", StringComparison.Ordinal));
    }

    [Fact]
    public void Process_that_never_ended_is_not_ended_by_loading_its_definition_again()
    {
        _world.Manager.Rules = new ManagerRules { LoadingStarts = true };
        var (old, changed) = Deploy();
        var process = _world.Service(old).Running.ProcessId;
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Load
            ? new StepResult(StepStatus.Failed, DiagnosticCatalog.CommandFailed.Error("refused.", "look"))
            : null;

        var report = _world.Run(Operation.Deploy, changed);

        Assert.Equal((Outcome.RolledBack, process), (report.Outcome, report.ProcessId));
        Assert.Single(_world.Manager.Applied, step => step.StartsWith("Load", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Install_whose_load_is_refused_is_rolled_back_without_touching_the_process(bool loadingStarts)
    {
        _world.Manager.Rules = new ManagerRules { LoadingStarts = loadingStarts };
        var (old, changed) = Deploy();
        var (before, process) = (File.ReadAllText(_world.PathOf(old)), _world.Service(old).Running.ProcessId);
        var refusals = 1;
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Load && refusals-- > 0
            ? new StepResult(StepStatus.Failed, DiagnosticCatalog.CommandFailed.Error("refused.", "look"))
            : null;

        var report = _world.Run(Operation.Install, changed);

        Assert.Equal((Outcome.RolledBack, process), (report.Outcome, report.ProcessId));
        Assert.Equal(before, File.ReadAllText(_world.PathOf(old)));
        Assert.Equal(process, _world.Service(old).Running.ProcessId);
    }

    [Fact]
    public void Disabled_service_stays_disabled_after_a_rollback()
    {
        var (old, changed) = Deploy();
        _world.Service(old).IsEnabled = false;
        BreaksWith(changed);

        var report = _world.Run(Operation.Deploy, changed);

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.False(_world.Service(old).IsEnabled);
    }

    [Fact]
    public void Failed_restart_of_the_same_definition_has_nothing_to_roll_back_to()
    {
        var (old, _) = Deploy();
        _world.Service(old).OnStart = OnStart.Fails;

        var report = _world.Run(Operation.Restart, old);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.DoesNotContain(report.Findings, finding => finding.Code is "HGW4014" or "HGW4015");
    }

    private (ServiceRequest Old, ServiceRequest Changed) Deploy()
    {
        var old = _world.Request();
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, old).Outcome);
        _world.Manager.Applied.Clear();
        return (old, old with { Definition = old.Definition with { Arguments = ["--changed"] } });
    }

    // The program fails with the new arguments and runs with the old ones.
    private void BreaksWith(ServiceRequest changed) => _world.Manager.AfterStep = kind =>
    {
        if (kind == StepKind.Load)
            _world.Service(changed).OnStart =
                _world.Service(changed).LoadedText!.Contains("--changed", StringComparison.Ordinal) ? OnStart.Fails : OnStart.Runs;
    };
}

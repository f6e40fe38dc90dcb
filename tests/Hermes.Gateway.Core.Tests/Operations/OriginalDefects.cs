using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>The four defects that this project was started to fix:
/// install skipped a stale definition because the file existed;
/// start gave up on an unloaded launchd job instead of loading it and retrying once;
/// restart swallowed the failure and ran in the foreground;
/// status could not tell "not installed" from "installed but stale or unloaded".</summary>
public sealed class OriginalDefects : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Install_skipped_a_stale_definition_because_the_file_existed_and_now_repairs_it()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition with { WorkingDirectory = "/old/my", Program = "/old/my/gateway" });

        var report = _world.Run(Operation.Install, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal((InstalledState.Stale, InstalledState.Current), (report.Before.Installed, report.After.Installed));
        Assert.Equal(LoadedState.Current, report.After.Loaded);
        Assert.Equal(
            ["Program", "WorkingDirectory"],
            report.Differences.Where(drift => drift.Layer == Layer.Installed).Select(drift => drift.Key));
        Assert.Contains(request.Definition.Program, File.ReadAllText(_world.PathOf(request)), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_gave_up_on_an_unloaded_launchd_job_and_now_loads_it_and_retries_once()
    {
        var request = _world.Request();
        InstalledButNotLoaded(request);
        // The observation still shows a loaded job, so that the plan does not load it: the job vanished after the observation.
        _world.Manager.Distort = observation => _world.Service(request).Running.ProcessId is null
            ? observation with { Loaded = Seen.Loaded(_world.Manager.Describe(request.Definition)) }
            : observation;

        var report = _world.Run(Operation.Start, request);

        Assert.Equal(["ClearFailure: my-gateway", "Start: my-gateway", "Load: my-gateway", "Start: my-gateway"], _world.Manager.Applied);
        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal(RunningState.Current, report.After.Running);
        Assert.Equal(
            [StepStatus.NotLoaded, StepStatus.Done],
            report.Steps.Where(step => step.Kind == StepKind.Start).Select(step => step.Status!.Value));
    }

    [Fact]
    public void Start_loads_a_definition_that_is_observed_as_not_loaded()
    {
        var request = _world.Request();
        InstalledButNotLoaded(request);

        var report = _world.Run(Operation.Start, request);

        Assert.Equal(["Load: my-gateway", "Start: my-gateway"], _world.Manager.Applied);
        Assert.Equal(LoadedState.No, report.Before.Loaded);
        Assert.True(report.After is { Loaded: LoadedState.Current, Running: RunningState.Current });
    }

    [Fact]
    public void Second_failure_of_the_start_is_reported()
    {
        var request = _world.Request();
        InstalledButNotLoaded(request);
        var failures = 0;
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Start
            ? new StepResult(StepStatus.NotLoaded, DiagnosticCatalog.CommandFailed.Error($"failure {++failures}"))
            : null;

        var report = _world.Run(Operation.Start, request);

        Assert.Equal(2, _world.Manager.Applied.Count(step => step.StartsWith("Start", StringComparison.Ordinal)));
        Assert.Equal(Outcome.Failed, report.Outcome);
        var cause = report.Findings[0];
        Assert.Equal((DiagnosticCatalog.CommandFailed, Severity.Error, "failure 2"), (cause.Descriptor, cause.Severity, cause.Message));
    }

    [Fact]
    public void Failed_load_before_the_retry_is_reported_and_the_start_is_not_retried()
    {
        var request = _world.Request();
        InstalledButNotLoaded(request);
        _world.Manager.Distort = observation => observation with { Loaded = Seen.Loaded(_world.Manager.Describe(request.Definition)) };
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Load
            ? new StepResult(StepStatus.Failed, DiagnosticCatalog.DefinitionRejected.Error("refused"))
            : null;

        var report = _world.Run(Operation.Start, request);

        Assert.Equal(["ClearFailure: my-gateway", "Start: my-gateway", "Load: my-gateway"], _world.Manager.Applied);
        Assert.Equal((DiagnosticCatalog.DefinitionRejected, "refused"), (report.Findings[0].Descriptor, report.Findings[0].Message));
    }

    [Fact]
    public void Restart_swallowed_the_failure_and_ran_in_the_foreground_and_now_reports_it()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Service(request).OnStart = OnStart.Fails;

        var report = _world.Run(Operation.Restart, request);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Equal((DiagnosticCatalog.StartFailed, Severity.Error), (report.Findings[0].Descriptor, report.Findings[0].Severity));
        Assert.NotEmpty(report.Advice);
        Assert.Equal(RunningState.No, report.After.Running);
        Assert.Empty(_world.Runner.Requests);
    }

    [Fact]
    public void Refused_restart_is_reported_at_once_while_the_old_process_runs_on()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Restart
            ? new StepResult(StepStatus.Failed, DiagnosticCatalog.StartFailed.Error("refused"))
            : null;

        var report = _world.Run(Operation.Restart, request);

        Assert.Equal((DiagnosticCatalog.StartFailed, "refused"), (report.Findings[0].Descriptor, report.Findings[0].Message));
        Assert.InRange(report.Duration, TimeSpan.Zero, request.Timeout / 2);
    }

    [Fact]
    public void Restart_that_leaves_the_old_process_running_is_a_failure()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Restart ? StepResult.Done : null;

        var report = _world.Run(Operation.Restart, request);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.RunningStale);
    }

    [Fact]
    public void Status_could_not_tell_not_installed_from_installed_but_stale_or_unloaded_and_now_does()
    {
        var (missing, stale, unloaded) = (_world.Request("missing"), _world.Request("stale"), _world.Request("unloaded"));
        _world.Deployed(stale.Definition with { WorkingDirectory = "/old" });
        InstalledButNotLoaded(unloaded);

        var reports = _world.Run(Operation.Status, [missing, stale, unloaded]);

        Assert.Equal(
            [(InstalledState.Missing, LoadedState.No), (InstalledState.Stale, LoadedState.Stale), (InstalledState.Current, LoadedState.No)],
            reports.Select(report => (report.After.Installed, report.After.Loaded)));
        Assert.Equal(
            [DiagnosticCatalog.NotInstalled, DiagnosticCatalog.InstalledStale, DiagnosticCatalog.NotLoaded],
            reports.Select(report => report.Findings[0].Descriptor));
        Assert.All(reports.Zip([missing, stale, unloaded]), pair =>
        {
            var (report, request) = pair;
            Assert.Equal(_world.PathOf(request), report.DefinitionPath);
            Assert.Contains(_world.PathOf(request), report.Findings[0].Message, StringComparison.Ordinal);
            Assert.Equal(request.DeployCommand, report.Advice);
            Assert.Equal(Outcome.Unchanged, report.Outcome);
        });
        Assert.Contains("WorkingDirectory", reports[1].Findings[0].Message, StringComparison.Ordinal);
        Assert.Empty(_world.Manager.Applied);
    }

    private void InstalledButNotLoaded(ServiceRequest request)
    {
        _world.Deployed(request.Definition);
        _world.Service(request).Stop();
        _world.Service(request).LoadedText = null;
    }
}

using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public sealed class OperationOnOneService : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void First_deploy_makes_all_layers_current()
    {
        var report = _world.Run(Operation.Deploy, _world.Request());

        Assert.Equal((Outcome.Changed, true), (report.Outcome, report.Changed));
        Assert.True(report.After.AllCurrent);
        Assert.Equal(Answer.Yes, report.After.Enabled);
        Assert.NotNull(report.ProcessId);
        Assert.Equal([StepKind.Write, StepKind.Enable, StepKind.Load, StepKind.Start], report.Steps.Select(step => step.Kind));
        Assert.DoesNotContain(report.Findings, finding => finding.Severity == Severity.Error);
    }

    [Fact]
    public void Deploy_without_drift_observes_once_and_changes_nothing()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Unchanged, false), (report.Outcome, report.Changed));
        Assert.Equal(1, _world.Manager.Observations);
        Assert.Empty(_world.Manager.Applied);
        Assert.Equal(TimeSpan.Zero, report.Duration);
    }

    [Fact]
    public void Second_deploy_changes_nothing()
    {
        var request = _world.Request();
        var first = _world.Run(Operation.Deploy, request);
        var text = File.ReadAllText(_world.PathOf(request));

        var second = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Unchanged, first.ProcessId), (second.Outcome, second.ProcessId));
        Assert.Equal(text, File.ReadAllText(_world.PathOf(request)));
    }

    [Fact]
    public void Rebuilt_program_is_deployed_in_a_new_process()
    {
        var request = _world.Request();
        var before = _world.Run(Operation.Deploy, request);

        var after = _world.Run(
            Operation.Deploy, request with { Definition = request.Definition with { Revision = "r2" } });

        Assert.Equal(Outcome.Changed, after.Outcome);
        Assert.Equal(before.ProcessId, after.ProcessIdBefore);
        Assert.NotEqual(before.Invocation, after.Invocation);
        Assert.True(after.After.AllCurrent);
    }

    [Fact]
    public void Handwritten_definition_is_adopted_and_a_backup_is_kept()
    {
        var request = _world.Request();
        const string handWritten = "[Service]\nExecStart=/usr/bin/python3 gateway.py\nLimitNOFILE=4096\n";
        Directory.CreateDirectory(Path.GetDirectoryName(_world.PathOf(request))!);
        File.WriteAllText(_world.PathOf(request), handWritten);

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding is { Severity: Severity.Warning } && finding.Descriptor == DiagnosticCatalog.Adopted);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.ForeignKept);
        Assert.Contains("LimitNOFILE=4096", File.ReadAllText(_world.PathOf(request)), StringComparison.Ordinal);
        Assert.Equal(handWritten, File.ReadAllText(Assert.Single(Originals(request))));
    }

    [Fact]
    public void Overwritten_definition_is_kept_as_a_backup()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition with { Revision = "r0" });
        var previous = File.ReadAllText(_world.PathOf(request));

        _world.Run(Operation.Deploy, request);

        Assert.Equal(previous, File.ReadAllText(Assert.Single(Backups(request))));
    }

    [Fact]
    public void Uninstall_leaves_no_file_of_ours()
    {
        var request = _world.Request();
        _world.Run(Operation.Deploy, request);

        var report = _world.Run(Operation.Uninstall, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.False(File.Exists(_world.PathOf(request)));
        Assert.False(Directory.Exists(_world.Store.FolderOf(request.Definition)));
        Assert.Equal(new LayerStates(InstalledState.Missing, LoadedState.No, RunningState.No, Answer.No), report.After);
    }

    [Fact]
    public void Removed_handwritten_definition_is_kept_as_a_backup()
    {
        var request = _world.Request() with { TakeOver = true };
        const string handWritten = "[Service]\nExecStart=/usr/bin/python3 gateway.py\n";
        Directory.CreateDirectory(Path.GetDirectoryName(_world.PathOf(request))!);
        File.WriteAllText(_world.PathOf(request), handWritten);

        var report = _world.Run(Operation.Uninstall, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal(handWritten, File.ReadAllText(Assert.Single(Originals(request))));
    }

    [Fact]
    public void Backup_of_an_adopted_definition_outlives_the_service()
    {
        var request = _world.Request();
        const string handWritten = "[Service]\nExecStart=/usr/bin/python3 gateway.py\n";
        Directory.CreateDirectory(Path.GetDirectoryName(_world.PathOf(request))!);
        File.WriteAllText(_world.PathOf(request), handWritten);
        _world.Run(Operation.Deploy, request);

        _world.Run(Operation.Uninstall, request);

        Assert.Contains(handWritten, Originals(request).Select(File.ReadAllText));
    }

    [Fact]
    public void Uninstall_of_an_absent_service_changes_nothing()
    {
        var report = _world.Run(Operation.Uninstall, _world.Request());

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Empty(_world.Manager.Applied);
    }

    [Fact]
    public void Stop_keeps_the_definition()
    {
        var request = _world.Request();
        _world.Run(Operation.Deploy, request);

        var report = _world.Run(Operation.Stop, request);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal((InstalledState.Current, RunningState.No), (report.After.Installed, report.After.Running));
    }

    [Fact]
    public void Second_copy_of_a_project_takes_over_with_a_warning_that_names_both()
    {
        var (mine, other) = (_world.Request(), _world.At("worktree/Gateway.csproj"));
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        File.WriteAllText(other, "<Project/>");
        _world.Deployed(mine.Definition with { Source = other });

        var report = _world.Run(Operation.Deploy, mine);

        var warning = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.SecondCopy);
        Assert.Equal(Severity.Warning, warning.Severity);
        Assert.Contains(other, warning.Message, StringComparison.Ordinal);
        Assert.Contains(mine.Definition.Source, warning.Message, StringComparison.Ordinal);
        Assert.Equal(Outcome.Changed, report.Outcome);
    }

    [Fact]
    public void Plan_lists_the_steps_and_applies_none()
    {
        var request = _world.Request();

        var report = _world.Run(Operation.PlanDeploy, request);

        Assert.Equal(
            [(StepKind.Write, (StepStatus?)null), (StepKind.Enable, null), (StepKind.Load, null), (StepKind.Start, null)],
            report.Steps.Select(step => (step.Kind, step.Status)));
        Assert.Equal((Outcome.Unchanged, false), (report.Outcome, report.Changed));
        Assert.False(File.Exists(_world.PathOf(request)));
        Assert.False(Directory.Exists(_world.Store.FolderOf(request.Definition)));
        Assert.Empty(_world.Manager.Applied);
    }

    [Fact]
    public void Verify_passes_a_healthy_service_fails_a_stale_one_and_changes_neither()
    {
        var (good, stale) = (_world.Request("good"), _world.Request("stale"));
        _world.Deployed(good.Definition);
        _world.Deployed(stale.Definition with { Revision = "r0" });

        var reports = _world.Run(Operation.Verify, [good, stale]);

        Assert.Equal([Outcome.Unchanged, Outcome.Failed], reports.Select(report => report.Outcome));
        Assert.Equal(DiagnosticCatalog.InstalledStale, reports[1].Findings[0].Descriptor);
        Assert.Equal(stale.DeployCommand, reports[1].Advice);
        Assert.Empty(_world.Manager.Applied);
    }

    private string[] Backups(ServiceRequest request) =>
        Directory.GetFiles(_world.Store.BackupsOf(request.Definition));

    private string[] Originals(ServiceRequest request) => Directory.GetFiles(_world.Store.OriginalsOf(request.Definition));
}

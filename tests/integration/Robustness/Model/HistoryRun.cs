using System.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Robustness.Model;

/// <summary>Runs one history, starting without an installed service, and checks the state after every operation.</summary>
internal sealed class HistoryRun(ObservedService service)
{
    // TimeoutSeconds of the operation, the same for its rollback, and 3 s for the test itself.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10 + 10 + 3);

    // On a busy machine, killed processes exist for a while.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    private int _verified;
    private string? _lastGood;

    /// <summary>The number of steps that applied to the state in which they were taken.</summary>
    public int StepCount { get; private set; }

    /// <summary>The duration of the slowest operation.</summary>
    public TimeSpan Slowest { get; private set; }

    public async Task RunHistoryAsync(IReadOnlyList<HistoryStep> steps)
    {
        var now = await service.TakeSettledSnapshotAsync();
        foreach (var (step, i) in steps.Select((step, i) => (step, i)))
        {
            if (VerbOf(step.Action) is { } operation)
            {
                now = await RunOperationAsync(operation, now, $"step {i} of {string.Join(' ', steps)}");
                StepCount++;
            }
            else if (await service.ApplyAsync(step, now))
            {
                StepCount++;
                // An operator may delete the last good definition; then it need not be kept.
                now = service.TakeSnapshot();
                if (_lastGood is { } good && !service.Keeps(good, now)) _lastGood = null;
            }
        }
    }

    private async Task<Snapshot> RunOperationAsync(Operation operation, Snapshot before, string where)
    {
        var began = Stopwatch.GetTimestamp();
        var wanted = service.Wanted;
        var report = service.Run(operation);
        var took = Stopwatch.GetElapsedTime(began);
        if (took > Slowest) Slowest = took;
        var after = await service.TakeSettledSnapshotAsync();
        var completed = new CompletedOperation(
            operation, before, after, wanted, report, service.Runner.HasFailed, service.LoadingStarts,
            before.ProcessId != 0 && before.ProcessId == _verified, before.Disk is { } disk && service.Exists(disk.Place));
        List<string> wrong = [.. ReferenceModel.Violations(completed)];
        if (took > Deadline) wrong.Add($"it took {took.TotalSeconds:0.0} s");
        if (before.Text is { } old && operation.Goal != Goal.Absent && !service.Keeps(old, after)) wrong.Add("the previous definition is lost");
        if (operation.Goal != Goal.Absent && _lastGood is { } good && !service.Keeps(good, after)) wrong.Add("the last good definition is lost");
        await FindStrayProcessesAsync(after, wrong);
        if (wrong.Count > 0)
            Assert.Fail(
                $"{operation.Verb}: {string.Join("; ", wrong)}\n  at {where}\n  before: {before}\n  after:  {after}\n  wanted: {wanted}\n"
                + $"  commands: {string.Join(" | ", service.Runner.Commands)}\n{string.Join('\n', ReportText.Details(report))}");

        if (operation.MayChange && report.Outcome is Outcome.Changed or Outcome.Unchanged && operation.Goal is Goal.Running or Goal.Restarted)
            (_verified, _lastGood) = (after.ProcessId, after.Text);
        if (operation.Goal == Goal.Absent && after.Text is null) _lastGood = null;
        service.Runner.Disarm();
        return after;
    }

    private async Task FindStrayProcessesAsync(Snapshot after, List<string> wrong)
    {
        if (after.IsChanging) return;
        bool IsRight() => service.Processes() is var all && (after.ProcessId == 0 ? all.Count == 0 : all is [var one] && one == after.ProcessId);
        var start = Stopwatch.GetTimestamp();
        while (!IsRight() && Stopwatch.GetElapsedTime(start) < LongestEnd) await Task.Delay(20);
        if (!IsRight()) wrong.Add($"the processes are {string.Join(' ', service.Processes())}");
    }

    private static Operation? VerbOf(HistoryAction action) => action switch
    {
        HistoryAction.Deploy => Operation.Deploy,
        HistoryAction.Install => Operation.Install,
        HistoryAction.Start => Operation.Start,
        HistoryAction.Restart => Operation.Restart,
        HistoryAction.Stop => Operation.Stop,
        HistoryAction.Uninstall => Operation.Uninstall,
        HistoryAction.Status => Operation.Status,
        HistoryAction.Verify => Operation.Verify,
        HistoryAction.Plan => Operation.PlanDeploy,
        _ => null,
    };
}

using System.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>One history, lived by one service from nothing on, and checked after every step.</summary>
internal sealed class ModelRun(Subject subject)
{
    // The operation's own time, that of a roll-back, and a grace.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10 + 10 + 3);

    // What is being ended is gone when the kernel and the manager get round to it.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    private int _verified;
    private string? _lastGood;

    /// <summary>The steps that made sense and were taken.</summary>
    public int Taken { get; private set; }

    /// <summary>The slowest verb.</summary>
    public TimeSpan Slowest { get; private set; }

    public async Task LiveAsync(IReadOnlyList<Step> steps)
    {
        var now = await subject.LookWhenSettledAsync();
        foreach (var (step, i) in steps.Select((step, i) => (step, i)))
        {
            if (VerbOf(step.Act) is { } operation)
            {
                now = await DoAsync(operation, now, $"step {i} of {string.Join(' ', steps)}");
                Taken++;
            }
            else if (await subject.HappenAsync(step, now))
            {
                Taken++;
                // What an operator takes away is the operator's.
                now = subject.Look();
                if (_lastGood is { } good && !Kept(good, now)) _lastGood = null;
            }
        }
    }

    private async Task<Look> DoAsync(Operation operation, Look before, string where)
    {
        var began = Stopwatch.GetTimestamp();
        var wanted = subject.Wanted;
        var report = subject.Run(operation);
        var took = Stopwatch.GetElapsedTime(began);
        if (took > Slowest) Slowest = took;
        var after = await subject.LookWhenSettledAsync();
        var deed = new Deed(
            operation, before, after, wanted, report, subject.Runner.HasFailed, subject.LoadingStarts,
            before.ProcessId != 0 && before.ProcessId == _verified, before.Disk is { } disk && subject.Exists(disk.Place));
        List<string> wrong = [.. Reference.Violations(deed)];
        if (took > Deadline) wrong.Add($"it took {took.TotalSeconds:0.0} s");
        if (before.Text is { } old && operation.Goal != Goal.Absent && !Kept(old, after)) wrong.Add("the definition before is nowhere any more");
        if (operation.Goal != Goal.Absent && _lastGood is { } good && !Kept(good, after)) wrong.Add("the last good definition is nowhere any more");
        await NoProcessOutsideAsync(after, wrong);
        if (wrong.Count > 0)
            Assert.Fail(
                $"{operation.Verb}: {string.Join("; ", wrong)}\n  at {where}\n  before: {before}\n  after:  {after}\n  wanted: {wanted}\n"
                + $"  commands: {string.Join(" | ", subject.Runner.Commands)}\n{string.Join('\n', ReportText.Details(report))}");

        if (operation.MayChange && report.Outcome is Outcome.Changed or Outcome.Unchanged && operation.Goal is Goal.Running or Goal.Restarted)
            (_verified, _lastGood) = (after.ProcessId, after.Text);
        if (operation.Goal == Goal.Absent && after.Text is null) _lastGood = null;
        subject.Runner.Disarm();
        return after;
    }

    private async Task NoProcessOutsideAsync(Look after, List<string> wrong)
    {
        if (after.IsInFlight) return;
        bool IsRight() => subject.Processes() is var all && (after.ProcessId == 0 ? all.Count == 0 : all is [var one] && one == after.ProcessId);
        var start = Stopwatch.GetTimestamp();
        while (!IsRight() && Stopwatch.GetElapsedTime(start) < LongestEnd) await Task.Delay(20);
        if (!IsRight()) wrong.Add($"the processes are {string.Join(' ', subject.Processes())}");
    }

    private bool Kept(string text, Look now) =>
        now.Text == text
        || subject.Copies.Where(Directory.Exists).SelectMany(Directory.GetFiles).Select(File.ReadAllText)
            .Any(copy => copy == text || copy.Contains(System.Text.Json.JsonEncodedText.Encode(text).ToString(), StringComparison.Ordinal));

    private static Operation? VerbOf(Act act) => act switch
    {
        Act.Deploy => Operation.Deploy,
        Act.Install => Operation.Install,
        Act.Start => Operation.Start,
        Act.Restart => Operation.Restart,
        Act.Stop => Operation.Stop,
        Act.Uninstall => Operation.Uninstall,
        Act.Status => Operation.Status,
        Act.Verify => Operation.Verify,
        Act.Plan => Operation.PlanDeploy,
        _ => null,
    };
}

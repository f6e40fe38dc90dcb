using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Robustness.Faults;

namespace Hermes.Gateway.Integration.Tests.Robustness.Crashes;

/// <summary>Kills an operation before and after each command and at each system call that changes a file. Afterwards a definition must
/// be on disk, status must report the state and the interrupted operation, and the same operation must complete it.</summary>
[Trait("Campaign", "crashes")]
public class KilledOperation(ITestOutputHelper output)
{
    private const int PointsBetweenReports = 20;

    [Fact]
    public async Task Is_reported_and_completed_by_the_next_one()
    {
        await using var service = ObservedService.New(isFast: false);
        await TryAllAsync(
            service, Campaign.IsLong ? OperationCase.Changing : [OperationCase.DeployOverStale],
            withFiles: Campaign.IsLong || !ServiceUnderTest.IsOnLaunchd);
    }

    private async Task TryAllAsync(ObservedService service, IReadOnlyList<OperationCase> cases, bool withFiles)
    {
        var start = Stopwatch.GetTimestamp();
        var (points, reached) = (0, 0);
        var wrong = new List<string>();
        foreach (var operationCase in cases)
        {
            foreach (var crash in await FindCrashPointsAsync(service, operationCase, withFiles))
            {
                var (isReached, problems) = await TryAsync(service, operationCase, crash);
                points++;
                reached += isReached ? 1 : 0;
                if (problems.Count > 0) wrong.Add($"{operationCase.Name}, {crash}: {string.Join("; ", problems)}");
                // A long campaign reports its progress.
                if (points % PointsBetweenReports == 0 || problems.Count > 0) Report();
            }
        }

        Report();
        Assert.Empty(wrong);
        // The number of polls varies, so some points are not reached.
        Assert.True(reached * 4 > points * 3, $"only {reached} of {points} points were reached");

        void Report() => Campaign.Report(
            $"crashes-{service.ManagerName}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"crash matrix: {service.ManagerName} {points} points, {points - wrong.Count} passed ({reached} reached"
                + $"{(withFiles && DriverProcess.StraceProblem is { } missing ? $"; no file operations: {missing}" : "")}, "
                + $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s)")
                + string.Concat(wrong.Select(text => $"\n{text}")),
            output);
    }

    private static async Task<List<CrashPoint>> FindCrashPointsAsync(ObservedService service, OperationCase operationCase, bool withFiles)
    {
        // The smaller of two counts: a busy machine causes additional polls, which later runs need not repeat.
        var commands = int.MaxValue;
        for (var run = 0; run < 2; run++)
        {
            await service.PrepareAsync(operationCase);
            commands = Math.Min(commands, DriverProcess.CountCommands(service, operationCase));
        }

        var crashes = Enumerable.Range(1, commands).Select(i => new CrashPoint("after", i, "a command")).ToList();
        // "before" a command differs from "after" the previous one only by changes of files.
        if (withFiles) crashes.AddRange(Enumerable.Range(1, commands).Select(i => new CrashPoint("before", i, "a command")));
        if (!withFiles) return crashes;
        if (DriverProcess.StraceProblem is { } missing)
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") != "true", missing);
            return crashes;
        }

        await service.PrepareAsync(operationCase);
        var files = DriverProcess.FindFileCrashPoints(service, operationCase);
        Assert.NotEmpty(files);
        return [.. crashes, .. files];
    }

    private static async Task<(bool IsReached, List<string> Problems)> TryAsync(ObservedService service, OperationCase operationCase, CrashPoint crash)
    {
        var before = await service.PrepareAsync(operationCase);
        var isReached = DriverProcess.IsKilledAt(service, operationCase, crash);
        var now = service.TakeSnapshot();
        var hasJournalEntry = File.Exists(service.JournalEntryPath);
        var settled = await service.TakeAgreeingSnapshotAsync(now);
        var problems = ReportChecker.FindDamage(service, operationCase, before, settled).ToList();
        var isRollback = operationCase == OperationCase.RolledBack;
        if (isReached && !hasJournalEntry && (settled with { IsChanging = false }) != before
            && !(isRollback && settled.Text == before.Text) && ReportChecker.FindUnmetGoal(service, operationCase, before, settled) is { } open)
            problems.Add($"it was interrupted ({open}) after a change, and there is no journal entry");

        var status = service.Run(Operation.Status, service.InputFor(operationCase.Wanted));
        problems.AddRange(ReportChecker.FindFalseLayerStates(operationCase.Wanted, status.After, settled, await service.TakeAgreeingSnapshotAsync(settled))
            .Select(claim => $"status: {claim}"));
        if (ReportsInterruption(status) != hasJournalEntry) problems.Add($"journal entry: {hasJournalEntry}, reported by status: {ReportsInterruption(status)}");

        var again = service.Run(operationCase.Operation, service.InputFor(operationCase.Wanted));
        var end = await service.TakeAgreeingSnapshotAsync();
        if (ReportsInterruption(again) != hasJournalEntry) problems.Add($"journal entry: {hasJournalEntry}, reported by the next {again.Verb}: {ReportsInterruption(again)}");
        problems.AddRange(ReportChecker.FindDamage(service, operationCase, before, end).Select(damage => $"the next {again.Verb}: {damage}"));
        problems.AddRange(ReportChecker.FindContradictions(service, operationCase, again, isRollback ? before : settled, end, end)
            .Select(contradiction => $"the next {again.Verb}: {contradiction}"));
        // A deploy of the program that exits at once must end with a rollback again.
        var isGood = isRollback ? again.Outcome == Outcome.RolledBack : again.Outcome is Outcome.Changed or Outcome.Unchanged;
        if (!isGood) problems.Add($"the next {again.Verb} ends as {again.Outcome}:\n{string.Join('\n', ReportText.Details(again))}");
        if (isGood && File.Exists(service.JournalEntryPath) && operationCase.Operation.Goal != Goal.Stopped) problems.Add("the journal entry is left behind");
        return (isReached, problems);
    }

    private static bool ReportsInterruption(ServiceReport report) =>
        report.Findings.Any(finding => finding.Descriptor == DiagnosticCatalog.Interrupted);
}

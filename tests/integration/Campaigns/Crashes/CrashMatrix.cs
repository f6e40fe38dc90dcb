using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Campaigns.Faults;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Crashes;

/// <summary>Wherever an operation is killed: a definition is on disk, status tells what is there and that something was
/// cut short, and the same verb once more comes to the end that was wanted.</summary>
[Trait("Campaign", "crashes")]
public class CrashMatrix(ITestOutputHelper output)
{
    private const int PointsBetweenReports = 20;

    [Fact]
    public async Task An_operation_on_systemd_can_be_killed_anywhere()
    {
        Requires.Systemd();
        await using var subject = new SystemdSubject();
        await TryAllAsync(subject, Campaign.IsLong ? Scenario.Changing : [Scenario.DeployOverStale], withFiles: true);
    }

    [Fact]
    public async Task An_operation_on_launchd_can_be_killed_anywhere()
    {
        await using var subject = new LaunchdSubject();
        await TryAllAsync(subject, Campaign.IsLong ? Scenario.Changing : [Scenario.DeployOverStale], withFiles: Campaign.IsLong);
    }

    private async Task TryAllAsync(Subject subject, IReadOnlyList<Scenario> scenarios, bool withFiles)
    {
        var start = Stopwatch.GetTimestamp();
        var (points, reached) = (0, 0);
        var wrong = new List<string>();
        foreach (var scenario in scenarios)
        {
            foreach (var crash in await FindAsync(subject, scenario, withFiles))
            {
                var (isReached, problems) = await TryAsync(subject, scenario, crash);
                points++;
                reached += isReached ? 1 : 0;
                if (problems.Count > 0) wrong.Add($"{scenario.Name}, {crash}: {string.Join("; ", problems)}");
                // A long campaign tells how far it is, and what it has found.
                if (points % PointsBetweenReports == 0 || problems.Count > 0) Report();
            }
        }

        Report();
        Assert.Empty(wrong);
        // Polling is not the same each time; most of it is.
        Assert.True(reached * 4 > points * 3, $"only {reached} of {points} points were reached");

        void Report() => Campaign.Report(
            $"crashes-{subject.ManagerName}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"crash matrix: {subject.ManagerName} {points} points, {points - wrong.Count} survived ({reached} reached"
                + $"{(withFiles && Driver.Missing is { } missing ? $"; no file operations: {missing}" : "")}, "
                + $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s)")
                + string.Concat(wrong.Select(text => $"\n{text}")),
            output);
    }

    private static async Task<List<Crash>> FindAsync(Subject subject, Scenario scenario, bool withFiles)
    {
        // Of two runs the shorter one: a machine that is busy for a moment makes the other wait and ask again, which no
        // later run need do.
        var commands = int.MaxValue;
        for (var run = 0; run < 2; run++)
        {
            await subject.PrepareAsync(scenario);
            commands = Math.Min(commands, Driver.Commands(subject, scenario));
        }

        var crashes = Enumerable.Range(1, commands).Select(i => new Crash("after", i, "a command")).ToList();
        // Between one command and the next there are files at most.
        if (withFiles) crashes.AddRange(Enumerable.Range(1, commands).Select(i => new Crash("before", i, "a command")));
        if (!withFiles) return crashes;
        if (Driver.Missing is { } missing)
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") != "true", missing);
            return crashes;
        }

        await subject.PrepareAsync(scenario);
        var files = Driver.FileCrashes(subject, scenario);
        Assert.NotEmpty(files);
        return [.. crashes, .. files];
    }

    private static async Task<(bool IsReached, List<string> Problems)> TryAsync(Subject subject, Scenario scenario, Crash crash)
    {
        var before = await subject.PrepareAsync(scenario);
        var isReached = Driver.DiesAt(subject, scenario, crash);
        var now = subject.Look();
        var isNoted = File.Exists(subject.Note);
        var settled = await subject.LookSettledAsync(now);
        var problems = Truth.Harm(subject, scenario, before, settled).ToList();
        var isRollback = scenario == Scenario.RolledBack;
        if (isReached && !isNoted && (settled with { IsChanging = false }) != before
            && !(isRollback && settled.Text == before.Text) && Truth.Missing(scenario, before, settled) is { } open)
            problems.Add($"it was cut short ({open}), something has changed, and nothing is noted");

        var status = subject.Run(Operation.Status, subject.Wanting(scenario.Wanted));
        problems.AddRange(Truth.FalseClaims(scenario.Wanted, status.After, settled, await subject.LookSettledAsync(settled))
            .Select(claim => $"status: {claim}"));
        if (IsTold(status) != isNoted) problems.Add($"noted: {isNoted}, status tells: {IsTold(status)}");

        var again = subject.Run(scenario.Operation, subject.Wanting(scenario.Wanted));
        var end = await subject.LookSettledAsync();
        if (IsTold(again) != isNoted) problems.Add($"noted: {isNoted}, the next {again.Verb} tells: {IsTold(again)}");
        problems.AddRange(Truth.Harm(subject, scenario, before, end).Select(harm => $"the next {again.Verb}: {harm}"));
        problems.AddRange(Truth.Lies(subject, scenario, again, isRollback ? before : settled, end, end)
            .Select(lie => $"the next {again.Verb}: {lie}"));
        // What does not live is not to stay when there is something to go back to.
        var isGood = isRollback ? again.Outcome == Outcome.RolledBack : again.Outcome is Outcome.Changed or Outcome.Unchanged;
        if (!isGood) problems.Add($"the next {again.Verb} ends as {again.Outcome}:\n{string.Join('\n', ReportText.Details(again))}");
        if (isGood && File.Exists(subject.Note) && scenario.Operation.Goal != Goal.Stopped) problems.Add("it is still noted as cut short");
        return (isReached, problems);
    }

    private static bool IsTold(ServiceReport report) =>
        report.Findings.Any(finding => finding.Descriptor == DiagnosticCatalog.Interrupted);
}

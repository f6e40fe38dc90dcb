using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Reporting;
using Xunit.Abstractions;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>Whatever one command of a verb does wrong, the report is true, the deadline is kept and no definition is
/// lost.</summary>
[Trait("Campaign", "faults")]
public class FaultMatrix(ITestOutputHelper output)
{
    // Those of operations whose command hangs are waited for.
    private const double Timeout = 4;
    private const double SlowTimeout = 2;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    // The short form: two cells for each verb, and each kind of mishap at least twice, as the two numbers have no
    // common divisor.
    private const int CellsOfAVerb = 2;

    [SystemdFact]
    public async Task No_command_of_systemd_that_fails_makes_a_report_untrue()
    {
        await using var subject = new SystemdSubject();
        await TryAllAsync(subject, Mishap.OfSystemd);
    }

    [Fact]
    public async Task No_command_of_launchd_that_fails_makes_a_report_untrue()
    {
        await using var subject = new LaunchdSubject();
        var texts = new Dictionary<int, string>();
        await TryAllAsync(subject, call => Mishap.OfLaunchd(call, code =>
            texts.TryGetValue(code, out var text) ? text : texts[code] = subject.TextOf(code)));
    }

    private async Task TryAllAsync(Subject subject, Func<string, IEnumerable<Mishap>> mishapsOf)
    {
        var start = Stopwatch.GetTimestamp();
        var tool = new FaultyTool(subject);
        var cells = new List<Cell>();
        foreach (var scenario in Scenario.All)
            cells.AddRange((await LearnAsync(subject, tool, scenario))
                .SelectMany(call => mishapsOf(call).Select(mishap => new Cell(scenario, call, mishap))));
        var all = cells.Count;
        cells = Sample(cells, Campaign.Size(CellsOfAVerb * Scenario.All.Count, all));

        var (tried, reached, plain, late) = (0, 0, 0, 0);
        var untrue = new List<string>();
        foreach (var cell in cells)
        {
            var result = await TryAsync(subject, tool, cell);
            // A machine that is busy with something else is late, too, but not twice at the same place.
            if (result is { IsLate: true, Lies.Count: 0 })
            {
                late++;
                result = await TryAsync(subject, tool, cell);
                if (result.IsLate) result.Lies.Add($"it took {result.Took.TotalSeconds:0.0} s, twice");
            }

            reached += result.IsReached ? 1 : 0;
            plain += cell.Mishap.IsPlainLie(cell.Call) ? 1 : 0;
            tried++;
            if (result.Lies.Count > 0) untrue.Add($"{cell}: {string.Join("; ", result.Lies)}\n{result.Details}");
            // A long campaign tells how far it is, and what it has found.
            if (tried % 50 == 0 || result.Lies.Count > 0) Report();
        }

        Report();
        Assert.Empty(untrue);

        void Report() => Campaign.Report(
            $"faults-{subject.ManagerName}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"fault matrix: {subject.ManagerName} {tried} cells, {tried - untrue.Count} truthful (of {all} in all; "
                + $"{reached} reached, {plain} with an answer that only looks right, {late} tried twice for lateness, "
                + $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s)")
                + string.Concat(untrue.Select(text => $"\n{text}")),
            output);
    }

    // The commands of a verb, from a run in which nothing goes wrong, and which must be as it should.
    private static async Task<IReadOnlyList<string>> LearnAsync(Subject subject, FaultyTool tool, Scenario scenario)
    {
        var before = await subject.PrepareAsync(scenario);
        tool.Disarm();
        var report = await RunAsync(subject, tool, scenario, timeout: 20);
        var calls = tool.Calls;
        var now = subject.Look();
        var settled = await subject.LookSettledAsync(now);
        Assert.Empty(Truth.Lies(subject, scenario, report, before, now, settled));
        var isSuccess = report.Outcome is Outcome.Changed or Outcome.Unchanged;
        Assert.True(
            scenario == Scenario.RolledBack ? report.Outcome == Outcome.RolledBack : isSuccess,
            $"{scenario.Name}: {string.Join('\n', ReportText.Details(report))}");
        Assert.NotEmpty(calls);
        // Waiting is asking again and again: the first times stand for the others.
        return [.. calls.Where(call => int.Parse(call[(call.IndexOf('#', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture) <= 6)];
    }

    private static List<Cell> Sample(List<Cell> cells, int size)
    {
        if (size >= cells.Count) return cells;
        var kinds = cells.Select(cell => cell.Mishap.Kind).Distinct().Order(StringComparer.Ordinal).ToList();
        var sample = new List<Cell>();
        for (var i = 0; i < size; i++)
        {
            var (scenario, kind) = (Scenario.All[i % Scenario.All.Count], kinds[i % kinds.Count]);
            var fitting = cells.Where(cell => cell.Scenario == scenario && cell.Mishap.Kind == kind).ToList();
            // A number that is prime to most, so that neighbours do not hit the same command.
            sample.Add(fitting[i * 7 % fitting.Count]);
        }

        return sample;
    }

    private static async Task<Result> TryAsync(Subject subject, FaultyTool tool, Cell cell)
    {
        var (scenario, mishap) = (cell.Scenario, cell.Mishap);
        var before = await subject.PrepareAsync(scenario);
        tool.Arm(cell.Call, mishap);
        var timeout = mishap.IsSlow ? SlowTimeout : Timeout;
        var start = Stopwatch.GetTimestamp();
        var report = await RunAsync(subject, tool, scenario, timeout);
        var took = Stopwatch.GetElapsedTime(start);
        var (now, isReached) = (subject.Look(), tool.IsReached);
        var settled = await subject.LookSettledAsync(now);

        List<string> lies = [.. Truth.Harm(subject, scenario, before, settled)];
        if (File.Exists(subject.Note)) lies.Add("it is still noted as being under way");
        if (report.Outcome == Outcome.Failed && report.Advice.Length == 0) lies.Add("a failure without advice");
        if (!scenario.Operation.MayChange && (now.Text, now.Held, now.Process) != (before.Text, before.Held, before.Process))
            lies.Add("something was changed");
        if (!mishap.IsPlainLie(cell.Call)) lies.AddRange(Truth.Lies(subject, scenario, report, before, now, settled));
        var isRolled = report.Findings.Any(finding => finding.Code is "HGW4014" or "HGW4015");
        // What does not hear the polite signal at the end of its time is killed a little later (CommandRequest.GracePeriod).
        var kill = mishap.Kind == "deaf" ? TimeSpan.FromSeconds(2) : TimeSpan.Zero;
        var isLate = took > TimeSpan.FromSeconds(isRolled ? timeout * 2 : timeout) + Grace + kill;
        return new Result(lies, isLate, isReached, took, string.Join('\n', ReportText.Details(report)));
    }

    private static Task<ServiceReport> RunAsync(Subject subject, FaultyTool tool, Scenario scenario, double timeout)
    {
        var path = Path.Combine(tool.Folder, subject.Tools[0].Name);
        var input = subject.Wanting(scenario.Wanted, timeout);
        return subject.RunAsync(
            scenario.Operation,
            subject is LaunchdSubject ? input with { LaunchctlPath = path } : input with { SystemctlPath = path },
            tool.On(subject.Host));
    }

    private sealed record Cell(Scenario Scenario, string Call, Mishap Mishap)
    {
        public override string ToString() => $"{Scenario.Name}, {Call}, {Mishap.Kind}{(Mishap.Exit > 0 ? $" {Mishap.Exit}" : "")}";
    }

    private sealed record Result(List<string> Lies, bool IsLate, bool IsReached, TimeSpan Took, string Details);
}

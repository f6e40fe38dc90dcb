using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

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

    // Each has a launchd of its own. Units of one systemd are all read anew by one daemon-reload, so they go one by one.
    private static readonly int LanesOfLaunchd = Campaign.Size(1, 3);

    [Fact]
    public Task No_command_of_systemd_that_fails_makes_a_report_untrue()
    {
        Requires.Systemd();
        return TryAllAsync(() => new SystemdSubject(), lanes: 1, (_, call) => Mishap.OfSystemd(call));
    }

    [Fact]
    public Task No_command_of_launchd_that_fails_makes_a_report_untrue()
    {
        var texts = new Dictionary<int, string>();
        return TryAllAsync(() => new LaunchdSubject(), LanesOfLaunchd, (subject, call) => Mishap.OfLaunchd(call, code =>
            texts.TryGetValue(code, out var text) ? text : texts[code] = ((LaunchdSubject)subject).TextOf(code)));
    }

    private async Task TryAllAsync(Func<Subject> newSubject, int lanes, Func<Subject, string, IEnumerable<Mishap>> mishapsOf)
    {
        var subjects = new List<Subject>();
        try
        {
            for (var i = 0; i < lanes; i++) subjects.Add(newSubject());
            var tally = new Tally(subjects[0].ManagerName, output);
            var tools = subjects.ConvertAll(subject => new FaultyTool(subject));
            var cells = new List<Cell>();
            foreach (var scenario in Scenario.All)
                cells.AddRange((await LearnAsync(subjects[0], tools[0], scenario))
                    .SelectMany(call => mishapsOf(subjects[0], call).Select(mishap => new Cell(scenario, call, mishap))).ToList());
            tally.All = cells.Count;
            var open = new ConcurrentQueue<Cell>(Sample(cells, Campaign.Size(CellsOfAVerb * Scenario.All.Count, cells.Count)));

            await Task.WhenAll(subjects.Zip(tools, (subject, tool) => Task.Run(async () =>
            {
                while (open.TryDequeue(out var cell)) await TryAsync(subject, tool, cell, tally);
            })));

            tally.Report();
            Assert.Empty(tally.Untrue);
        }
        finally
        {
            foreach (var subject in subjects) await subject.DisposeAsync();
        }
    }

    private static async Task TryAsync(Subject subject, FaultyTool tool, Cell cell, Tally tally)
    {
        var result = await TryAsync(subject, tool, cell);
        var isLate = result is { IsLate: true, Lies.Count: 0 };
        // A machine that is busy with something else is late, too, but not twice at the same place.
        if (isLate)
        {
            result = await TryAsync(subject, tool, cell);
            if (result.IsLate) result.Lies.Add($"it took {result.Took.TotalSeconds:0.0} s, twice");
        }

        tally.Add(
            result.IsReached, cell.Mishap.IsPlainLie(cell.Call), isLate,
            result.Lies.Count > 0 ? $"{cell}: {string.Join("; ", result.Lies)}\n{result.Details}" : null);
    }

    // The commands of a verb, from a run in which nothing goes wrong, and which must be as it should.
    private static async Task<IReadOnlyList<string>> LearnAsync(Subject subject, FaultyTool tool, Scenario scenario)
    {
        var before = await subject.PrepareAsync(scenario);
        tool.Disarm();
        var report = Run(subject, tool, scenario, timeout: 20);
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
        var report = Run(subject, tool, scenario, timeout);
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

    private static ServiceReport Run(Subject subject, FaultyTool tool, Scenario scenario, double timeout)
    {
        var path = Path.Combine(tool.Folder, subject.Tools[0].Name);
        var input = subject.Wanting(scenario.Wanted, timeout);
        return subject.Run(
            scenario.Operation,
            input.With(subject is LaunchdSubject ? "LaunchctlPath" : "SystemctlPath", path),
            tool.On(subject.Host));
    }

    private sealed record Cell(Scenario Scenario, string Call, Mishap Mishap)
    {
        public override string ToString() => $"{Scenario.Name}, {Call}, {Mishap.Kind}{(Mishap.Exit > 0 ? $" {Mishap.Exit}" : "")}";
    }

    private sealed record Result(List<string> Lies, bool IsLate, bool IsReached, TimeSpan Took, string Details);
}

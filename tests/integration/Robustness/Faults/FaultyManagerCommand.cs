using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Robustness.Faults;

/// <summary>Runs each operation once for every command in it and every fault of that command. The report must agree with the machine,
/// the operation must keep its deadline, and no definition may be lost.</summary>
[Trait("Campaign", "faults")]
public class FaultyManagerCommand(ITestOutputHelper output)
{
    // TimeoutSeconds of an operation; shorter where a command hangs, because these operations use all of it.
    private const double Timeout = 4;
    private const double SlowTimeout = 2;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    // The short form has two cells for each operation. Each kind of fault occurs at least twice in it, because the numbers of
    // operations and of kinds have no common divisor.
    private const int CellsPerOperation = 2;

    // Services on launchd are tested in parallel, each with a simulator of its own. Those on systemd share a manager, in which
    // one daemon-reload loads all units, so there is one lane.
    private static readonly int LaunchdLanes = Campaign.Size(1, 3);

    [Fact]
    public Task Report_is_true_and_no_definition_is_lost()
    {
        var texts = new Dictionary<int, string>();
        return ServiceUnderTest.IsOnLaunchd
            ? TryAllAsync(LaunchdLanes, (service, call) => Fault.OfLaunchd(call, code =>
                texts.TryGetValue(code, out var text) ? text : texts[code] = ((ObservedAgent)service).TextOfStatus(code)))
            : TryAllAsync(lanes: 1, (_, call) => Fault.OfSystemd(call));
    }

    private async Task TryAllAsync(int lanes, Func<ObservedService, string, IEnumerable<Fault>> faultsOf)
    {
        var services = new List<ObservedService>();
        try
        {
            for (var i = 0; i < lanes; i++) services.Add(ObservedService.New(isFast: false));
            var figures = new FaultFigures(services[0].ManagerName, output);
            var tools = services.ConvertAll(service => new FaultyTool(service));
            var cells = new List<Cell>();
            foreach (var operationCase in OperationCase.All)
                cells.AddRange((await ListCallsAsync(services[0], tools[0], operationCase))
                    .SelectMany(call => faultsOf(services[0], call).Select(fault => new Cell(operationCase, call, fault))).ToList());
            figures.All = cells.Count;
            var open = new ConcurrentQueue<Cell>(Sample(cells, Campaign.Size(CellsPerOperation * OperationCase.All.Count, cells.Count)));

            await Task.WhenAll(services.Zip(tools, (service, tool) => Task.Run(async () =>
            {
                while (open.TryDequeue(out var cell)) await TryAsync(service, tool, cell, figures);
            })));

            figures.Report();
            Assert.Empty(figures.Failures);
        }
        finally
        {
            foreach (var service in services) await service.DisposeAsync();
        }
    }

    private static async Task TryAsync(ObservedService service, FaultyTool tool, Cell cell, FaultFigures figures)
    {
        var result = await TryAsync(service, tool, cell);
        var isLate = result is { IsLate: true, Contradictions.Count: 0 };
        // A busy machine can cause one late operation; the second one in the same cell is a failure.
        if (isLate)
        {
            result = await TryAsync(service, tool, cell);
            if (result.IsLate) result.Contradictions.Add($"it took {result.Took.TotalSeconds:0.0} s, twice");
        }

        figures.Add(
            result.IsReached, cell.Fault.IsIrrefutable(cell.Call), isLate,
            result.Contradictions.Count > 0 ? $"{cell}: {string.Join("; ", result.Contradictions)}\n{result.Details}" : null);
    }

    // Runs the operation without a fault, asserts that it is correct, and returns its commands.
    private static async Task<IReadOnlyList<string>> ListCallsAsync(ObservedService service, FaultyTool tool, OperationCase operationCase)
    {
        var before = await service.PrepareAsync(operationCase);
        tool.Disarm();
        var report = Run(service, tool, operationCase, timeout: 20);
        var calls = tool.Calls;
        var now = service.TakeSnapshot();
        var settled = await service.TakeAgreeingSnapshotAsync(now);
        Assert.Empty(ReportChecker.FindContradictions(service, operationCase, report, before, now, settled));
        var isSuccess = report.Outcome is Outcome.Changed or Outcome.Unchanged;
        Assert.True(
            operationCase == OperationCase.RolledBack ? report.Outcome == Outcome.RolledBack : isSuccess,
            $"{operationCase.Name}: {string.Join('\n', ReportText.Details(report))}");
        Assert.NotEmpty(calls);
        // Polling repeats a command; the first six times represent the rest.
        return [.. calls.Where(call => int.Parse(call[(call.IndexOf('#', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture) <= 6)];
    }

    private static List<Cell> Sample(List<Cell> cells, int size)
    {
        if (size >= cells.Count) return cells;
        var kinds = cells.Select(cell => cell.Fault.Kind).Distinct().Order(StringComparer.Ordinal).ToList();
        var sample = new List<Cell>();
        for (var i = 0; i < size; i++)
        {
            var (operationCase, kind) = (OperationCase.All[i % OperationCase.All.Count], kinds[i % kinds.Count]);
            var fitting = cells.Where(cell => cell.OperationCase == operationCase && cell.Fault.Kind == kind).ToList();
            // Seven is coprime to most counts, so that consecutive cells take different commands.
            sample.Add(fitting[i * 7 % fitting.Count]);
        }

        return sample;
    }

    private static async Task<Result> TryAsync(ObservedService service, FaultyTool tool, Cell cell)
    {
        var (operationCase, fault) = (cell.OperationCase, cell.Fault);
        var before = await service.PrepareAsync(operationCase);
        tool.Arm(cell.Call, fault);
        var timeout = fault.IsSlow ? SlowTimeout : Timeout;
        var start = Stopwatch.GetTimestamp();
        var report = Run(service, tool, operationCase, timeout);
        var took = Stopwatch.GetElapsedTime(start);
        var (now, isReached) = (service.TakeSnapshot(), tool.IsReached);
        var settled = await service.TakeAgreeingSnapshotAsync(now);

        List<string> contradictions = [.. ReportChecker.FindDamage(service, operationCase, before, settled)];
        if (File.Exists(service.JournalEntryPath)) contradictions.Add("the journal entry is left behind");
        if (report.Outcome == Outcome.Failed && report.Advice.Length == 0) contradictions.Add("a failure without advice");
        if (!operationCase.Operation.MayChange && (now.Text, now.Loaded, now.ProcessId) != (before.Text, before.Loaded, before.ProcessId))
            contradictions.Add("a read-only operation changed the state");
        if (!fault.IsIrrefutable(cell.Call)) contradictions.AddRange(ReportChecker.FindContradictions(service, operationCase, report, before, now, settled));
        var hasRollback = report.Findings.Any(finding => finding.Code is "HGW4014" or "HGW4015");
        // A command that ignores SIGTERM is killed 2 s later (CommandRequest.GracePeriod).
        var kill = fault.Kind == "continues-after-term" ? TimeSpan.FromSeconds(2) : TimeSpan.Zero;
        var isLate = took > TimeSpan.FromSeconds(hasRollback ? timeout * 2 : timeout) + Grace + kill;
        return new Result(contradictions, isLate, isReached, took, string.Join('\n', ReportText.Details(report)));
    }

    private static ServiceReport Run(ObservedService service, FaultyTool tool, OperationCase operationCase, double timeout)
    {
        var path = Path.Combine(tool.Folder, service.Tools[0].Name);
        var input = service.InputFor(operationCase.Wanted, timeout);
        return service.Run(
            operationCase.Operation,
            input.With(service.ToolProperty, path),
            tool.On(service.Host));
    }

    private sealed record Cell(OperationCase OperationCase, string Call, Fault Fault)
    {
        public override string ToString() => $"{OperationCase.Name}, {Call}, {Fault.Kind}{(Fault.Exit > 0 ? $" {Fault.Exit}" : "")}";
    }

    private sealed record Result(List<string> Contradictions, bool IsLate, bool IsReached, TimeSpan Took, string Details);
}

using System.Diagnostics;
using System.Globalization;

namespace Hermes.Gateway.Integration.Tests.Robustness.Faults;

/// <summary>Counts the results of the cells of a fault matrix; thread-safe.</summary>
/// <param name="managerName">The service manager, for the report.</param>
/// <param name="output">The output of the test.</param>
internal sealed class FaultFigures(string managerName, ITestOutputHelper output)
{
    private const int CellsBetweenReports = 50;

    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<string> _failures = [];
    private int _tried, _reached, _irrefutable, _late;

    /// <summary>The number of all cells; the short form runs some of them.</summary>
    public int All { get; set; }

    /// <summary>A description of each cell that failed.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Counts one cell.</summary>
    /// <param name="isReached">Whether the faulty call was made.</param>
    /// <param name="isIrrefutable">Whether the faulty answer could not be recognized.</param>
    /// <param name="isLate">Whether it was repeated because it exceeded its deadline.</param>
    /// <param name="failure">The description of the failure; null for success.</param>
    public void Add(bool isReached, bool isIrrefutable, bool isLate, string? failure)
    {
        lock (_lock)
        {
            _tried++;
            _reached += isReached ? 1 : 0;
            _irrefutable += isIrrefutable ? 1 : 0;
            _late += isLate ? 1 : 0;
            if (failure is not null) _failures.Add(failure);
            // A long campaign reports its progress.
            if (_tried % CellsBetweenReports == 0 || failure is not null) Report();
        }
    }

    /// <summary>Writes the current figures to the output and to the report of the campaign.</summary>
    public void Report() => Campaign.Report(
        $"faults-{managerName}",
        string.Create(
            CultureInfo.InvariantCulture,
            $"fault matrix: {managerName} {_tried} cells, {_tried - _failures.Count} passed (of {All} in all; "
            + $"{_reached} reached, {_irrefutable} with a fault that cannot be recognized, {_late} repeated because they were late, "
            + $"{Stopwatch.GetElapsedTime(_start).TotalSeconds:0} s)")
            + string.Concat(_failures.Select(text => $"\n{text}")),
        output);
}

using System.Diagnostics;
using System.Globalization;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>Counts the cells of a fault matrix, also from several lanes at once.</summary>
/// <param name="managerName">For figures.</param>
/// <param name="output">Where they are told.</param>
internal sealed class Tally(string managerName, ITestOutputHelper output)
{
    private const int CellsBetweenReports = 50;

    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<string> _untrue = [];
    private int _tried, _reached, _plain, _late;

    /// <summary>The number of cells that there are, also those that are not tried.</summary>
    public int All { get; set; }

    /// <summary>What was wrong, for each cell that was not as it had to be.</summary>
    public IReadOnlyList<string> Untrue => _untrue;

    /// <summary>Counts one cell.</summary>
    /// <param name="isReached">The call that was to go wrong has come.</param>
    /// <param name="isPlain">Its answer only looked right.</param>
    /// <param name="isLate">It was tried twice for that.</param>
    /// <param name="untrue">What was wrong; null for nothing.</param>
    public void Add(bool isReached, bool isPlain, bool isLate, string? untrue)
    {
        lock (_lock)
        {
            _tried++;
            _reached += isReached ? 1 : 0;
            _plain += isPlain ? 1 : 0;
            _late += isLate ? 1 : 0;
            if (untrue is not null) _untrue.Add(untrue);
            // A long campaign tells how far it is, and what it has found.
            if (_tried % CellsBetweenReports == 0 || untrue is not null) Report();
        }
    }

    /// <summary>Tells the figures until now.</summary>
    public void Report() => Campaign.Report(
        $"faults-{managerName}",
        string.Create(
            CultureInfo.InvariantCulture,
            $"fault matrix: {managerName} {_tried} cells, {_tried - _untrue.Count} truthful (of {All} in all; "
            + $"{_reached} reached, {_plain} with an answer that only looks right, {_late} tried twice for lateness, "
            + $"{Stopwatch.GetElapsedTime(_start).TotalSeconds:0} s)")
            + string.Concat(_untrue.Select(text => $"\n{text}")),
        output);
}

using System.Collections.Immutable;

namespace Hermes.Gateway.WholeOperations;

/// <summary>All times of one subject with one operation.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Services">For how many services.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Reference">The subject that it is held against; null when it is one itself.</param>
/// <param name="Milliseconds">One time for each round.</param>
internal sealed record Series(
    string Operation, int Services, string Subject, string? Reference, ImmutableArray<double> Milliseconds)
{
    /// <summary>The middle one.</summary>
    public double Median { get; } = Figures.Median(Milliseconds);

    /// <summary>The shortest.</summary>
    public double Min => Milliseconds.Min();

    /// <summary>The longest.</summary>
    public double Max => Milliseconds.Max();
}

/// <summary>What the package spawned in one operation.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Services">For how many services.</param>
/// <param name="Calls">The commands without the names of units.</param>
internal sealed record Spawned(string Operation, int Services, ImmutableArray<string> Calls);

/// <summary>The most memory that a build had at once.</summary>
/// <param name="Operation">What it did.</param>
/// <param name="Services">For how many services.</param>
/// <param name="Megabytes">The median of several runs.</param>
internal sealed record Peak(string Operation, int Services, double Megabytes);

/// <summary>Everything measured in one run.</summary>
internal sealed class Figures
{
    /// <summary>The times, in the order of measurement.</summary>
    public List<Series> Times { get; } = [];

    /// <summary>The commands spawned.</summary>
    public List<Spawned> Spawned { get; } = [];

    /// <summary>The memory.</summary>
    public List<Peak> Peaks { get; } = [];

    /// <summary>One of them; null when it was not measured.</summary>
    public Series? Find(Operation operation, int services, string subject) => Times.FirstOrDefault(
        series => series.Operation == operation.Name && series.Services == services && series.Subject == subject);

    /// <summary>How a subject compares with what it is held against; null when it is a reference itself.</summary>
    public double? RatioOf(Series series) =>
        Times.FirstOrDefault(other => (other.Operation, other.Services, other.Subject)
            == (series.Operation, series.Services, series.Reference!)) is { } reference
            ? series.Median / reference.Median
            : null;

    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

using System.Collections.Immutable;
using System.Globalization;

namespace Hermes.Gateway.WholeOperations;

/// <summary>A figure that is to be reached.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Measured">The figure; null when this run did not measure it.</param>
/// <param name="Limit">At most so much.</param>
/// <param name="Unit">What both are counted in.</param>
internal sealed record Target(string Name, double? Measured, double Limit, string Unit)
{
    /// <summary>Whether it is reached; null when this run did not measure it.</summary>
    public bool? IsReached => Measured is { } measured ? measured <= Limit : null;
}

/// <summary>All that is to be reached, held against what was measured.</summary>
internal sealed class Targets(Figures figures)
{
    private const string Times = "×";

    // What two medians of the same thing differ by, so that flat counts as flat.
    private const double Noise = 1.05;

    /// <summary>All of them.</summary>
    public ImmutableArray<Target> All =>
    [
        new("no-op deploy of 1, in the task, to one bare show", InTask(Operation.NoOp, 1), 1.5, Times),
        new("no-op deploy of 1, whole process, to an empty target", Whole(Operation.NoOp, 1), 1.10, Times),
        new("repair of 1, in the task, to the bare commands", InTask(Operation.Repair, 1), 1.15, Times),
        new("first install of 1, in the task, to the bare commands", InTask(Operation.Install, 1), 1.15, Times),
        new("status of 1000, in the task, to one bare show", InTask(Operation.Status, 1000), 1.3, Times),
        new("no-op deploy of 1000, in the task, to one bare show", InTask(Operation.NoOp, 1000), 2, Times),
        new("status for each service, growth from 10 to 100", Growth(10, 100), Noise, Times),
        new("status for each service, growth from 100 to 1000", Growth(100, 1000), Noise, Times),
        new("repair of 100 of 100, in the task, to the bare commands", InTask(Operation.Repair, 100), 1.3, Times),
        new("repair of 100 of 1000, in the task, to the bare commands", InTask(Operation.Repair, 1000), 1.3, Times),
        new("repair of 100 of 1000, daemon-reloads", Reloads(Operation.Repair, 1000), 1, ""),
        new("no-op deploy of 1, commands spawned", Commands(Operation.NoOp, 1), 1, ""),
        new("repair of 1, commands spawned", Commands(Operation.Repair, 1), 3, ""),
        new("status of 1000, commands spawned more than for 1",
            Commands(Operation.Status, 1000) - Commands(Operation.Status, 1), 0, ""),
        new("status of 1000, memory above an empty target", Memory(Operation.Status, 1000), 20, "MB"),
        new("no-op deploy of 1000, memory above an empty target", Memory(Operation.NoOp, 1000), 20, "MB"),
    ];

    private double? InTask(Operation operation, int services) => Ratio(operation, services, Subjects.Task);

    private double? Whole(Operation operation, int services) => Ratio(operation, services, Subjects.Whole);

    private double? Ratio(Operation operation, int services, string subject) =>
        figures.Find(operation, services, subject) is { } series ? figures.RatioOf(series) : null;

    private double? Growth(int from, int to) =>
        PerService(to) is { } high && PerService(from) is { } low ? high / low : null;

    private double? PerService(int services) =>
        figures.Find(Operation.Status, services, Subjects.Task) is { } series ? series.Median / services : null;

    private int? Commands(Operation operation, int services) => Calls(operation, services)?.Length;

    private int? Reloads(Operation operation, int services) =>
        Calls(operation, services)?.Count(call => call.Contains("daemon-reload", StringComparison.Ordinal));

    private ImmutableArray<string>? Calls(Operation operation, int services) =>
        figures.Spawned.Find(spawned => (spawned.Operation, spawned.Services) == (operation.Name, services))?.Calls;

    private double? Memory(Operation operation, int services) =>
        PeakOf(operation.Name, services) - PeakOf(Subjects.Empty, services);

    private double? PeakOf(string operation, int services) =>
        figures.Peaks.Find(peak => (peak.Operation, peak.Services) == (operation, services))?.Megabytes;

    /// <summary>A figure with its unit.</summary>
    public static string Show(double? value, string unit) => value is { } number
        ? $"{number.ToString(unit == Times ? "0.00" : "0.#", CultureInfo.InvariantCulture)} {unit}".TrimEnd()
        : "not measured";
}

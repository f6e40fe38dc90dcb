using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.WholeOperations;

/// <summary>A logger for MSBuild that notes how long each of the package's tasks took: from the event of its start to
/// that of its end. Unlike a binary log it writes nothing before the end, and nothing of anything else.</summary>
public sealed class TaskClock : ILogger
{
    private readonly Dictionary<int, DateTime> _started = [];
    private readonly List<double> _milliseconds = [];

    /// <inheritdoc/>
    public LoggerVerbosity Verbosity { get; set; }

    /// <inheritdoc/>
    public string? Parameters { get; set; }

    /// <inheritdoc/>
    public void Initialize(IEventSource eventSource)
    {
        ArgumentNullException.ThrowIfNull(eventSource);
        eventSource.TaskStarted += (_, task) =>
        {
            if (task.TaskName.Contains("GatewayService", StringComparison.Ordinal))
                _started[task.BuildEventContext!.TaskId] = task.Timestamp;
        };
        eventSource.TaskFinished += (_, task) =>
        {
            if (_started.TryGetValue(task.BuildEventContext!.TaskId, out var start))
                _milliseconds.Add((task.Timestamp - start).TotalMilliseconds);
        };
    }

    /// <inheritdoc/>
    public void Shutdown()
    {
        if (_started.Count == 0) return;
        File.WriteAllLines(Parameters!, _milliseconds.Select(number => number.ToString(CultureInfo.InvariantCulture)));
    }
}

/// <summary>The clock as its user sees it; it knows nothing of MSBuild, which only a build brings.</summary>
internal static class TaskClockFile
{
    /// <summary>The switch that makes MSBuild use it.</summary>
    public static string Switch(string file)
    {
        var here = typeof(TaskClockFile);
        return $"-logger:{here.Namespace}.{nameof(TaskClock)},{here.Assembly.Location};{file}";
    }

    /// <summary>Takes what was noted of a build with one task, in milliseconds.</summary>
    public static double Take(string file) => Take(file, tasks: 1)[0];

    /// <summary>Takes what was noted of a build with some tasks, in milliseconds, in the order of their ends.</summary>
    public static ImmutableArray<double> Take(string file, int tasks)
    {
        ImmutableArray<double> times = File.Exists(file)
            ? [.. File.ReadLines(file).Select(line => double.Parse(line, CultureInfo.InvariantCulture))]
            : [];
        if (times.Length != tasks) throw new BenchmarkException($"{times.Length} tasks of the package ran, not {tasks}.");
        File.Delete(file);
        return times;
    }
}

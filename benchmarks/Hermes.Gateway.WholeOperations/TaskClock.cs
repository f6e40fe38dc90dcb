using System.Globalization;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.WholeOperations;

/// <summary>A logger for MSBuild that notes how long the package's tasks took: from the event of their start to that of
/// their end. Unlike a binary log it writes nothing before the end, and nothing of anything else.</summary>
public sealed class TaskClock : ILogger
{
    private readonly Dictionary<int, DateTime> _started = [];
    private double _milliseconds;

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
                _milliseconds += (task.Timestamp - start).TotalMilliseconds;
        };
    }

    /// <inheritdoc/>
    public void Shutdown()
    {
        if (_started.Count > 0) File.WriteAllText(Parameters!, _milliseconds.ToString(CultureInfo.InvariantCulture));
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

    /// <summary>Takes what was noted, in milliseconds.</summary>
    public static double Take(string file)
    {
        if (!File.Exists(file)) throw new BenchmarkException("No task of the package ran.");
        var milliseconds = double.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
        File.Delete(file);
        return milliseconds;
    }
}

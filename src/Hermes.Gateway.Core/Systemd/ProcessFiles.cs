using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Core.Systemd;

/// <summary>Reads a live process from <c>/proc</c> (proc(5)).</summary>
internal static class ProcessFiles
{
    // The manager's own hierarchy: a v1 layout's, a hybrid's (the same), or the only one that there is.
    private static readonly string[] GroupTrees = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup"];

    /// <summary>The environment a process was started with; null when it is gone or belongs to somebody else.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="texts">Those of other processes.</param>
    public static ImmutableDictionary<string, string>? ReadEnvironment(int processId, SharedTexts texts)
    {
        if (ReadList(processId, "environ") is not { } entries) return null;
        var environment = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
            if (entry.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
                environment.TryAdd(texts.Of(entry[..at]), texts.Of(entry[(at + 1)..]));

        // Empty: a process that is just being executed, or a kernel thread; either way it tells nothing.
        return environment.Count == 0 ? null : environment.ToImmutable();
    }

    /// <summary>The process's arguments joined by blanks, as <c>systemctl show</c> prints them; null likewise.</summary>
    public static string? ReadCommand(int processId) =>
        ReadList(processId, "cmdline") is { Count: > 0 } arguments ? string.Join(' ', arguments) : null;

    /// <summary>The processes in a control group; empty when there is no such group, or none can be read.</summary>
    /// <param name="group">Its path, as the manager tells it; empty for none.</param>
    public static ImmutableArray<Survivor> ReadGroup(string group)
    {
        if (group.Length == 0) return [];
        var lines = GroupTrees.Select(tree => ReadLines($"{tree}{group}/cgroup.procs"))
            .FirstOrDefault(read => read is not null);
        return
        [
            .. (lines ?? []).Select(line => int.Parse(line, CultureInfo.InvariantCulture))
                // A process that has ended, and whose parent has not asked for it yet, has no arguments any more.
                .Where(process => ReadCommand(process) is { Length: > 0 })
                .Select(process => new Survivor(process, NameOf(process))),
        ];
    }

    /// <summary>Whether the process has ended and its parent has not taken note yet (a zombie).</summary>
    public static bool HasEnded(int processId)
    {
        try
        {
            // The name before it is in brackets, and may have some of its own.
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..] is ['Z' or 'X', ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or not ours to see, or the manager counts processes in another way than we do: nobody's proof.
            return false;
        }
    }

    /// <summary>The wall-clock time of a monotonic time stamp of systemd's, in microseconds since boot.</summary>
    public static DateTimeOffset AtMonotonic(long microseconds, DateTimeOffset now)
    {
        // On Linux, Stopwatch counts CLOCK_MONOTONIC, the clock that systemd uses (systemd.directives: *Monotonic).
        var monotonicNow = Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency);
        return now - TimeSpan.FromMicroseconds(monotonicNow - microseconds);
    }

    private static string NameOf(int processId) => ReadLines($"/proc/{processId}/comm") is [var name, ..] ? name : "?";

    private static string[]? ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static List<string>? ReadList(int processId, string name)
    {
        try
        {
            var text = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{processId}/{name}"));
            var items = text.Split('\0').ToList();
            if (items is [.., ""]) items.RemoveAt(items.Count - 1);
            return items;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

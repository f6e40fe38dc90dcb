using System.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Reads processes from <c>/proc</c> (proc(5)). What cannot be read is null or false.</summary>
internal static class ProcessFiles
{
    // The hierarchy of systemd itself: with cgroup v1 and in hybrid layouts the first, with v2 alone the second.
    private static readonly string[] ControlGroupRoots = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup"];

    /// <summary>Reads the environment with which a process was started, but keeps only the stamp and the wanted variables,
    /// because all of a thousand processes would be most of the memory. Null also while the process is being executed.</summary>
    public static ImmutableDictionary<string, string>? ReadEnvironment(int processId, ImmutableSortedDictionary<string, string> wanted)
    {
        if (ReadBytes($"/proc/{processId}/environ") is not { } bytes) return null;
        var isEmpty = true;
        var environment = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var assignment in Encoding.UTF8.GetString(bytes).Split('\0'))
        {
            if (assignment.Split('=', 2) is not [{ Length: > 0 } name, var value]) continue;
            isEmpty = false;
            if (name == Stamp.Variable || wanted.ContainsKey(name)) environment.TryAdd(name, value);
        }

        return isEmpty ? null : environment.ToImmutable();
    }

    /// <summary>Reads a process's arguments, joined by blanks as <c>systemctl show</c> prints them.</summary>
    public static string? ReadCommand(int processId)
    {
        if (ReadBytes($"/proc/{processId}/cmdline") is not { Length: > 0 } bytes) return null;
        var text = Encoding.UTF8.GetString(bytes);
        return (text[^1] == '\0' ? text[..^1] : text).Replace('\0', ' ');
    }

    /// <summary>Reads the id of this boot in the form of the journal: 32 hexadecimal digits.</summary>
    public static string? ReadBootId() =>
        ReadLines("/proc/sys/kernel/random/boot_id") is [var id, ..] ? id.Replace("-", "", StringComparison.Ordinal) : null;

    /// <summary>Reads the processes in a control group, given its path as the manager reports it.</summary>
    public static ImmutableArray<LeftoverProcess> ReadControlGroup(string group)
    {
        if (group.Length == 0) return [];
        var lists = ControlGroupRoots.Select(root => ReadLines($"{root}{group}/cgroup.procs"));
        // A zombie has no arguments.
        return [.. (lists.FirstOrDefault(ids => ids is not null) ?? []).Select(id => int.Parse(id, CultureInfo.InvariantCulture))
            .Where(process => ReadCommand(process) is { Length: > 0 })
            .Select(process => new LeftoverProcess(process, ReadLines($"/proc/{process}/comm") is [var name, ..] ? name : "?"))];
    }

    /// <summary>Whether a process has ended, but its parent has not waited for it yet (a zombie). False when there is no such
    /// process, because in a PID namespace the manager's ids are not ours.</summary>
    public static bool HasEnded(int processId)
    {
        if (ReadBytes($"/proc/{processId}/stat") is not { } stat) return false;
        // "pid (name) state": the name can contain brackets.
        var state = Array.LastIndexOf(stat, (byte)')') + 2;
        return state < stat.Length && stat[state] is (byte)'Z' or (byte)'X';
    }

    /// <summary>Whether a process is between fork and exec: it has the manager's image and environment, or none.</summary>
    public static bool IsBeforeExec(int processId)
    {
        if (ReadBytes($"/proc/{processId}/cmdline") is not { } commandLine) return false;
        // From 255 on the manager starts systemd-executor, which becomes the program (src/core/executor.c).
        return commandLine.Length == 0
            || Path.GetFileName(RealPath.LinkTarget($"/proc/{processId}/exe")) is "systemd" or "systemd-executor";
    }

    /// <summary>Returns the age of a monotonic time stamp. On Linux, Stopwatch reads the same clock, CLOCK_MONOTONIC.</summary>
    public static TimeSpan SinceMonotonic(long microseconds) =>
        TimeSpan.FromMicroseconds((Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency)) - microseconds);

    private static string[]? ReadLines(string path) => FileErrors.Ignore(fallback: null, () => File.ReadAllLines(path));

    private static byte[]? ReadBytes(string path) => FileErrors.Ignore(fallback: null, () => File.ReadAllBytes(path));
}

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Reads a live process from <c>/proc</c> (proc(5)).</summary>
internal static class ProcessFiles
{
    // The manager's own hierarchy: a v1 layout's, a hybrid's (the same), or the only one that there is.
    private static readonly string[] GroupTrees = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup"];

    /// <summary>Of the environment a process was started with, the stamp and the variables that are wanted; null when it
    /// is gone or belongs to somebody else. Of a thousand processes the whole would be the most of all memory.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="wanted">The variables, each with the value that it most probably has.</param>
    public static ImmutableDictionary<string, string>? ReadEnvironment(
        int processId, ImmutableSortedDictionary<string, string> wanted)
    {
        if (ReadFile($"/proc/{processId}/environ") is not { } bytes) return null;
        var environment = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var isEmpty = true;
        for (var rest = bytes.AsSpan(); !rest.IsEmpty; rest = AfterFirst(rest))
        {
            var entry = First(rest);
            if (entry.IndexOf((byte)'=') is not (var at and > 0)) continue;
            isEmpty = false;
            if (NameOf(entry[..at], wanted) is { } name)
                environment.TryAdd(name, Known(entry[(at + 1)..], wanted.GetValueOrDefault(name)));
        }

        // A process that is just being executed, or a kernel thread; either way it tells nothing.
        return isEmpty ? null : environment.ToImmutable();
    }

    /// <summary>The process's arguments joined by blanks, as <c>systemctl show</c> prints them; null likewise.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="wanted">What it most probably is.</param>
    public static string? ReadCommand(int processId, string? wanted = null)
    {
        if (ReadFile($"/proc/{processId}/cmdline") is not [.., var last] bytes) return null;
        var arguments = last == 0 ? bytes.AsSpan(..^1) : bytes;
        arguments.Replace((byte)0, (byte)' ');
        return Known(arguments, wanted);
    }

    /// <summary>Which boot this is, as the journal writes it: 32 hexadecimal digits; null when it cannot be read.</summary>
    public static string? ReadBootId() =>
        ReadLines("/proc/sys/kernel/random/boot_id") is [var id, ..] ? id.Replace("-", "", StringComparison.Ordinal) : null;

    /// <summary>The processes in a control group; empty when there is no such group, or none can be read.</summary>
    /// <param name="group">Its path, as the manager tells it; empty for none.</param>
    public static ImmutableArray<Survivor> ReadGroup(string group)
    {
        if (group.Length == 0) return [];
        var ids = GroupTrees.Select(tree => ReadLines($"{tree}{group}/cgroup.procs")).FirstOrDefault(lines => lines is not null);
        return
        [
            .. (ids ?? []).Select(id => int.Parse(id, CultureInfo.InvariantCulture))
                // A process that has ended, and whose parent has not asked for it yet, has no arguments any more.
                .Where(process => ReadCommand(process) is { Length: > 0 })
                .Select(process => new Survivor(process, NameOf(process))),
        ];
    }

    /// <summary>Whether the process has ended and its parent has not taken note yet (a zombie).</summary>
    public static bool HasEnded(int processId)
    {
        // Gone, or not ours to see, or the manager counts processes in another way than we do: nobody's proof.
        if (ReadFile($"/proc/{processId}/stat") is not { } stat) return false;
        // The name before it is in brackets, and may have some of its own.
        var state = Array.LastIndexOf(stat, (byte)')') + 2;
        return state < stat.Length && stat[state] is (byte)'Z' or (byte)'X';
    }

    /// <summary>Whether the process is on its way to become the program: still the manager's own image, with the manager's
    /// arguments and environment, or just being given its own. Of one that is not to be seen nothing is said.</summary>
    public static bool IsBeforeExec(int processId)
    {
        if (ReadFile($"/proc/{processId}/cmdline") is not { } line) return false;
        if (line is []) return true;
        try
        {
            // From 255 on the manager starts a helper, which becomes the program (systemd's src/core/executor.c).
            return Path.GetFileName(new FileInfo($"/proc/{processId}/exe").LinkTarget) is "systemd" or "systemd-executor";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>How long ago a monotonic time stamp of systemd's was, in microseconds since boot.</summary>
    // On Linux, Stopwatch counts CLOCK_MONOTONIC, the clock that systemd uses (systemd.directives: *Monotonic).
    public static TimeSpan SinceMonotonic(long microseconds) =>
        TimeSpan.FromMicroseconds((Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency)) - microseconds);

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

    private static byte[]? ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Span<byte> First(Span<byte> entries) =>
        entries.IndexOf((byte)0) is var end and >= 0 ? entries[..end] : entries;

    private static Span<byte> AfterFirst(Span<byte> entries) =>
        entries.IndexOf((byte)0) is var end and >= 0 ? entries[(end + 1)..] : [];

    private static string? NameOf(ReadOnlySpan<byte> name, ImmutableSortedDictionary<string, string> wanted)
    {
        if (IsText(name, Stamp.Variable)) return Stamp.Variable;
        foreach (var (one, _) in wanted)
            if (IsText(name, one)) return one;
        return null;
    }

    // The same string for all that have the same.
    private static string Known(ReadOnlySpan<byte> bytes, string? text) =>
        text is not null && IsText(bytes, text) ? text : Encoding.UTF8.GetString(bytes);

    private static bool IsText(ReadOnlySpan<byte> bytes, string text)
    {
        foreach (var c in text)
        {
            // The rest is compared as it is shown, with what is no UTF-8 replaced.
            if (c > '\x7F') return Encoding.UTF8.GetString(bytes) == text;
        }

        return Ascii.Equals(bytes, text);
    }
}

using System.Globalization;
using System.Text;

namespace Launchd.Simulator;

/// <summary>One process, as /proc tells it. The start time makes the id unique.</summary>
internal readonly record struct ProcessEntry(int Id, int Parent, int Session, ulong StartTime, bool IsZombie);

/// <summary>Looks at the machine's processes (proc(5)).</summary>
internal static class ProcessTable
{
    public static List<ProcessEntry> Read() =>
    [
        .. Directory.GetDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(Find)
            .OfType<ProcessEntry>(),
    ];

    /// <summary>One process; null when it is gone.</summary>
    public static ProcessEntry? Find(int processId)
    {
        if (ReadFile(processId, "stat") is not { } text) return null;

        // The name is in parentheses and may hold some itself; behind the last one: state, parent, group, session …
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessEntry(
            processId,
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            int.Parse(fields[3], CultureInfo.InvariantCulture),
            ulong.Parse(fields[19], CultureInfo.InvariantCulture),
            fields[0] is "Z" or "X");
    }

    /// <summary>The processes that <paramref name="ancestor"/> has started, and those that they have,
    /// and so on.</summary>
    public static List<ProcessEntry> Descendants(int ancestor)
    {
        var children = Read().ToLookup(process => process.Parent);
        var descendants = new List<ProcessEntry>(children[ancestor]);
        for (var i = 0; i < descendants.Count; i++) descendants.AddRange(children[descendants[i].Id]);
        return descendants;
    }

    /// <summary>Whether the program of a process has been put into its memory, with its arguments.</summary>
    public static bool HasProgram(int processId) => ReadFile(processId, "cmdline") is { Length: > 0 };

    /// <summary>Whether a process was started for a job.</summary>
    public static bool CarriesLabel(int processId, string label) =>
        ReadFile(processId, "environ") is { } environment
        && environment.Split('\0').Contains($"XPC_SERVICE_NAME={label}");

    private static string? ReadFile(int processId, string name)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{processId}/{name}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

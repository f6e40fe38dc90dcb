using System.Globalization;
using System.Text;

namespace Hermes.Gateway.Testing;

/// <summary>One process, as <c>/proc</c> tells it (proc(5)).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Parent">The id of its parent.</param>
/// <param name="IsDead">It has ended, and nobody has taken note yet.</param>
/// <param name="StartTime">In clock ticks since the machine has been up: with the id, it names one process for good.</param>
public sealed record ProcessEntry(int Id, int Parent, bool IsDead, ulong StartTime)
{
    /// <summary>A process; null when there is none, or none any more.</summary>
    public static ProcessEntry? Find(int id)
    {
        if (Read(id, "stat") is not { } text) return null;
        // The name is in parentheses and may hold some itself; behind the last one: state, parent …
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessEntry(
            id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0] is "Z" or "X",
            ulong.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>All processes there are, those included that are dead.</summary>
    public static IEnumerable<int> Ids() => Directory.GetDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0);

    /// <summary>Whether a process is there and has not ended.</summary>
    public static bool IsAlive(int id) => Find(id) is { IsDead: false };

    /// <summary>Those of some processes that are not children of others among them. A shell that is just about to run
    /// another program looks like its parent: whoever counts the processes of a script has to count these.</summary>
    public static IEnumerable<int> Roots(IEnumerable<int> ids)
    {
        var all = ids.ToHashSet();
        return all.Where(id => Find(id) is { } found && !all.Contains(found.Parent));
    }

    /// <summary>A file of a process; null when it has ended or is another user's.</summary>
    public static string? Read(int id, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/{file}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

using System.Globalization;

namespace Launchd.Simulator;

/// <summary>The processes that this keeper has started. They are written down, because they outlive a keeper that is
/// killed; the next one ends them.</summary>
internal sealed class Processes(Rendezvous rendezvous)
{
    private readonly Dictionary<int, (string Label, ulong StartTime)> _live = [];

    /// <summary>How often something was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Starts a program for a job; the process id or, negative, the errno.</summary>
    public int Start(string label, SpawnRequest request)
    {
        var processId = Spawner.Spawn(request);
        if (processId < 0) return processId;
        AwaitProgram(processId);
        Starts++;
        _live[processId] = (label, ProcessTable.Find(processId)?.StartTime ?? 0);
        Save();
        return processId;
    }

    public void Remove(int processId)
    {
        if (_live.Remove(processId)) Save();
    }

    public bool IsMain(int processId) => _live.ContainsKey(processId);

    /// <summary>Ends what a killed keeper has left behind: its processes, and its socket.</summary>
    public static void EndLeftovers(Rendezvous rendezvous)
    {
        if (Directory.Exists(rendezvous.SocketFolder)) Directory.Delete(rendezvous.SocketFolder, recursive: true);
        if (!File.Exists(rendezvous.Processes)) return;
        foreach (var line in File.ReadAllLines(rendezvous.Processes))
            if (line.Split(' ', 3) is [var id, var startTime, var label])
                EndLeftovers(
                    int.Parse(id, CultureInfo.InvariantCulture),
                    ulong.Parse(startTime, CultureInfo.InvariantCulture),
                    label);
        File.Delete(rendezvous.Processes);
    }

    private static void EndLeftovers(int id, ulong startTime, string label)
    {
        // Another process may have been given the id.
        if (ProcessTable.Find(id) is { } process
            && (process.StartTime != startTime || (!process.IsZombie && !ProcessTable.CarriesLabel(id, label)))) return;

        // The session keeps its number although its first process may be gone.
        var leftovers = ProcessTable.Read()
            .Where(member => member.Session == id && ProcessTable.CarriesLabel(member.Id, label))
            .Concat(ProcessTable.Descendants(id))
            .ToHashSet();
        foreach (var leftover in leftovers) Native.Kill(leftover.Id, Native.SigKill);
        while (leftovers.Any(leftover => ProcessTable.Find(leftover.Id) is { IsZombie: false } found
            && found.StartTime == leftover.StartTime)) Thread.Sleep(5);
    }

    /// <summary>Ends everything that this process has ever started and that is not gone.</summary>
    public static void EndDescendants()
    {
        while (ProcessTable.Descendants(Environment.ProcessId).Where(process => !process.IsZombie).ToList()
            is { Count: > 0 } rest)
        {
            foreach (var process in rest) Native.Kill(process.Id, Native.SigKill);
            Thread.Sleep(5);
        }
    }

    // posix_spawn is done when the old memory is given up, a moment before the arguments and the environment of the new
    // one can be read. What is said to run can be looked at.
    private static void AwaitProgram(int processId)
    {
        while (ProcessTable.Find(processId) is { IsZombie: false } && !ProcessTable.HasProgram(processId))
            Thread.Sleep(1);
    }

    private void Save()
    {
        try
        {
            File.WriteAllLines(
                rendezvous.Processes + ".new",
                _live.Select(entry => string.Create(
                    CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value.StartTime} {entry.Value.Label}")));
            File.Move(rendezvous.Processes + ".new", rendezvous.Processes, overwrite: true);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // The state folder was deleted: this launchd is about to end.
        }
    }
}

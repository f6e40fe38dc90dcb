namespace Launchd.Simulator;

/// <summary>All processes of a job: its own, and what these have started, wherever they have gone.</summary>
internal sealed class Coalition(string label, Processes processes)
{
    private readonly HashSet<int> _sessions = [];
    private readonly HashSet<(int Id, ulong StartTime)> _known = [];

    /// <summary>A process of the job; it leads a session.</summary>
    public void Add(int processId) => _sessions.Add(processId);

    /// <summary>Notes who descends from a process, while that can still be seen; also who is just about to begin a
    /// session of its own.</summary>
    public void Remember(int processId)
    {
        foreach (var process in ProcessTable.Descendants(processId)) _known.Add((process.Id, process.StartTime));
    }

    /// <summary>Kills all members; false when there were none.</summary>
    public bool Kill()
    {
        // The keeper is a subreaper: whatever a job has started descends from it.
        var all = ProcessTable.Descendants(Environment.ProcessId).Where(process => !process.IsZombie).ToList();
        var members = all.Where(IsMember).Select(process => process.Id).ToHashSet();

        // Parents come before their children in the list.
        foreach (var process in all)
            if (members.Contains(process.Parent)) members.Add(process.Id);
        foreach (var member in members) Native.Kill(member, Native.SigKill);
        return members.Count > 0;
    }

    private bool IsMember(ProcessEntry process) =>
        !processes.IsMain(process.Id)
        && (_sessions.Contains(process.Session)
            || _known.Contains((process.Id, process.StartTime))
            || (process.Parent == Environment.ProcessId && ProcessTable.CarriesLabel(process.Id, label)));
}

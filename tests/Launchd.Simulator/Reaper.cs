namespace Launchd.Simulator;

/// <summary>Waits for processes to end: those of jobs, and orphans that have become the keeper's children.</summary>
internal sealed class Reaper(Launchd launchd)
{
    public void Run()
    {
        while (true)
        {
            int starts;
            lock (launchd.Gate) starts = launchd.Processes.Starts;
            if (Native.AwaitAnyChild() is { } processId) Reap(processId);
            else AwaitStart(starts);
        }
    }

    // Under the gate, and a zombie until then: nobody can signal a process that has taken over the id.
    private void Reap(int processId)
    {
        lock (launchd.Gate)
            if (Native.Reap(processId) is { } status) launchd.ProcessEnded(processId, new ExitStatus(status));
    }

    private void AwaitStart(int starts)
    {
        lock (launchd.Gate) launchd.Await(() => launchd.Processes.Starts != starts);
    }
}

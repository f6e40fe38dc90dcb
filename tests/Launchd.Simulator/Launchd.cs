namespace Launchd.Simulator;

/// <summary>What PID 1 knows. Everything here, and in the jobs, happens under <see cref="Gate"/>.</summary>
internal sealed class Launchd(Rendezvous rendezvous)
{
    private readonly Dictionary<DomainId, Domain> _domains = [];
    private readonly HashSet<Timer> _timers = [];

    /// <summary>A monitor: pulsed whenever a job's state changes.</summary>
    public object Gate { get; } = new();

    /// <summary>As of the last call.</summary>
    public Settings Settings { get; set; } = new();

    public Overrides Overrides { get; } = new(rendezvous.State);

    public Processes Processes { get; } = new(rendezvous);

    /// <summary>Set when this launchd must end.</summary>
    public bool IsEnding { get; private set; }

    public IEnumerable<Job> Jobs => _domains.Values.SelectMany(domain => domain.Jobs.Values);

    /// <summary>The domain; or the code that says why there is none.</summary>
    public (Domain? Domain, int Error) Find(DomainId id)
    {
        if (id.Kind == DomainKind.Other || (id.Kind != DomainKind.System && id.UserId != Settings.UserId))
            return (null, ExitCode.NoDomain);
        if (!Settings.Domains.Contains(id.Kind.ToString(), StringComparer.OrdinalIgnoreCase))
            return (null, ExitCode.DomainUnsupported);
        if (!_domains.TryGetValue(id, out var domain)) _domains[id] = domain = new Domain(id);
        return (domain, 0);
    }

    /// <summary>Whether a label may not be loaded or started.</summary>
    public bool IsDisabled(DomainId domain, JobDefinition definition) =>
        Overrides.Read(domain).TryGetValue(definition.Label, out var disabled) ? disabled : definition.Disabled;

    /// <summary>Does something later, under the gate.</summary>
    public void After(TimeSpan time, Action action)
    {
        Timer? timer = null;
        timer = new Timer(
            _ =>
            {
                lock (Gate)
                {
                    if (!_timers.Remove(timer!)) return;
                    timer!.Dispose();
                    action();
                }
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timers.Add(timer);
        timer.Change(time, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Lets others go on until something is true.</summary>
    public void Await(Func<bool> condition)
    {
        while (!condition()) Monitor.Wait(Gate);
    }

    public void Changed() => Monitor.PulseAll(Gate);

    /// <summary>Asks for the end of this launchd.</summary>
    public void End()
    {
        IsEnding = true;
        Changed();
    }

    /// <summary>Unloads everything, and waits until it is gone.</summary>
    public void UnloadAll(TimeSpan? patience)
    {
        foreach (var job in Jobs.ToList()) job.Leave(TimeSpan.Zero, patience);
        Await(() => !Jobs.Any());
    }

    /// <summary>A process has ended.</summary>
    public void ProcessEnded(int processId, ExitStatus status)
    {
        Processes.Remove(processId);
        Jobs.FirstOrDefault(job => job.ProcessId == processId)?.Ended(status);
        Changed();
    }
}

using System.Diagnostics;

namespace Launchd.Simulator;

/// <summary>What <c>print</c> calls the state of a job.</summary>
internal enum JobState
{
    NotRunning,
    Running,

    /// <summary>It waits for its throttle, or for a program that can be started.</summary>
    SpawnScheduled,

    /// <summary>It has been told to end.</summary>
    Terminating,

    /// <summary>It is about to be started.</summary>
    Proxy,
}

/// <summary>A loaded job. All its members are used under launchd's gate.</summary>
internal sealed class Job(Launchd launchd, Domain domain, JobDefinition definition)
{
    // However often a job fails, the machine must be able to do something else.
    private static readonly TimeSpan ShortestRespawn = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CoalitionPoll = TimeSpan.FromMilliseconds(10);

    private readonly Coalition _coalition = new(definition.Label, launchd.Processes);
    private long _startedAt;
    private bool _restarts;
    private TimeSpan _linger;

    // Timers that were set before the last change of state have nothing to say.
    private int _epoch;

    public Domain Domain => domain;

    public JobDefinition Definition => definition;

    public JobState State { get; private set; }

    public int? ProcessId { get; private set; }

    /// <summary>How often it was started, or tried to be.</summary>
    public int Runs { get; private set; }

    /// <summary>How the last process ended.</summary>
    public ExitStatus? LastExit { get; private set; }

    /// <summary>Whether launchd could not start the program.</summary>
    public bool SpawnFailed { get; private set; }

    /// <summary>Why it was started.</summary>
    public string? Reason { get; private set; }

    /// <summary>Why it was not.</summary>
    public string? PendedSpawn { get; private set; }

    /// <summary>How often in a row it has failed.</summary>
    public int SuccessiveCrashes { get; private set; }

    /// <summary>Whether it is being unloaded.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>The least time between two starts.</summary>
    public TimeSpan Throttle =>
        launchd.Settings.Scale(definition.ThrottleInterval) is var time && time > ShortestRespawn
            ? time
            : ShortestRespawn;

    /// <summary>It has just been loaded.</summary>
    public void Load(bool idle, TimeSpan settle)
    {
        if (!definition.StartsAtLoad) return;
        if (idle)
        {
            PendedSpawn = "speculative";
        }
        else if (settle > TimeSpan.Zero)
        {
            Enter(JobState.Proxy);
            Later(settle, () => Start("speculative"));
        }
        else
        {
            Start("speculative");
        }
    }

    /// <summary>Starts it now, unless it runs.</summary>
    public void Start(string reason)
    {
        if (ProcessId is not null || IsLeaving) return;
        Runs++;
        Reason = reason;
        PendedSpawn = null;
        _startedAt = Stopwatch.GetTimestamp();
        var processId = launchd.Processes.Start(definition.Label, JobProcess.Request(this, launchd.Settings));
        SpawnFailed = processId < 0;
        if (SpawnFailed)
        {
            LastExit = ExitStatus.FromCode(ExitCode.Configuration);
            SuccessiveCrashes++;
            Respawn();
            return;
        }

        ProcessId = processId;
        _coalition.Add(processId);
        Enter(JobState.Running);
    }

    /// <summary>Ends the process, if there is one, and starts it again at once.</summary>
    public void Restart()
    {
        if (ProcessId is null)
        {
            Start("non-ipc demand");
            return;
        }

        _restarts = true;
        Terminate(null);
    }

    /// <summary>Ends the process politely, then not.</summary>
    public void Terminate(TimeSpan? patience)
    {
        if (ProcessId is not { } processId) return;
        if (State == JobState.Terminating && patience is null) return;
        var seconds = definition.ExitTimeOutIn(domain.Id.Kind);

        // An ExitTimeOut of 0 means to wait for ever.
        TimeSpan? exitTimeOut = seconds > 0 ? launchd.Settings.Scale(seconds) : null;
        var time = exitTimeOut < patience ? exitTimeOut : patience ?? exitTimeOut;
        _coalition.Remember(processId);
        Enter(JobState.Terminating);
        Native.Kill(processId, Native.SigTerm);
        if (time is not null) Later(time.Value, () => Native.Kill(processId, Native.SigKill));
    }

    /// <summary>Unloads it: ends all its processes, then takes it off the list.</summary>
    /// <param name="settle">How much longer it stays listed.</param>
    /// <param name="patience">The most that its process is given; null means ExitTimeOut.</param>
    public void Leave(TimeSpan settle, TimeSpan? patience)
    {
        var linger = patience is null ? launchd.Settings.Teardown + settle : TimeSpan.Zero;
        if (IsLeaving && patience is null) return;
        IsLeaving = true;
        _linger = linger;
        if (ProcessId is not null)
        {
            Terminate(patience);
        }
        else
        {
            Enter(JobState.Terminating);
            FinishLeaving();
        }
    }

    /// <summary>Its process has ended.</summary>
    public void Ended(ExitStatus status)
    {
        var processId = ProcessId!.Value;
        ProcessId = null;
        LastExit = status;
        SuccessiveCrashes = status.IsSuccess ? 0 : SuccessiveCrashes + 1;
        if (!definition.AbandonProcessGroup) Native.Kill(-processId, Native.SigTerm);
        if (IsLeaving)
        {
            Enter(JobState.Terminating);
            FinishLeaving();
        }
        else if (_restarts)
        {
            _restarts = false;
            Enter(JobState.SpawnScheduled);
            Start("non-ipc demand");
        }
        else if (definition.RespawnsAfter(status))
        {
            Respawn();
        }
        else
        {
            Enter(JobState.NotRunning);
        }
    }

    private void Respawn()
    {
        Enter(JobState.SpawnScheduled);
        var wait = Throttle - Stopwatch.GetElapsedTime(_startedAt);
        Reason = wait > TimeSpan.Zero ? "inefficient" : "semaphore";
        Later(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, () => Start(Reason));
    }

    private void FinishLeaving()
    {
        if (_coalition.Kill())
            Later(CoalitionPoll, FinishLeaving);
        else if (_linger > TimeSpan.Zero)
            Later(_linger, Remove);
        else
            Remove();
    }

    private void Remove()
    {
        domain.Jobs.Remove(definition.Label);
        launchd.Changed();
    }

    private void Enter(JobState state)
    {
        State = state;
        _epoch++;
        launchd.Changed();
    }

    private void Later(TimeSpan time, Action action)
    {
        var epoch = _epoch;
        launchd.After(time, () =>
        {
            if (epoch == _epoch) action();
        });
    }
}

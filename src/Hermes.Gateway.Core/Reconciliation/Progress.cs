namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>Tells a listener where an operation is: one word for each step, however many services it is for.</summary>
internal sealed class Progress(Operation operation, IOperationListener? listener, TimeProvider time)
{
    /// <summary>What takes longer than this is worth a word, also for one service; and how often waiting is told.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    private List<StepKind> _kinds = [];
    private long _toldOfWaiting;
    private long _beganToWait;

    /// <summary>The steps that will be taken.</summary>
    public void Plan(IEnumerable<ServiceRun> runs)
    {
        if (listener is null) return;
        var kinds = runs.Where(run => !run.IsSettled).SelectMany(run => run.Plan.Steps).Select(step => step.Kind).ToHashSet();
        _kinds = [.. Enum.GetValues<StepKind>().Where(kinds.Contains)];
    }

    /// <summary>A step for <paramref name="services"/> begins, which is over when <paramref name="step"/> is.</summary>
    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    public async Task<T> DuringAsync<T>(StepKind kind, int services, Func<Task<T>> step)
    {
        if (Of(kind, services) is not { } progress) return await step();
        if (services > 1)
        {
            listener!.UnderWay(progress);
            return await step();
        }

        using var over = new CancellationTokenSource();
        var under = step();
        var late = Task.Delay(Long, time, over.Token);
        if (await Task.WhenAny(under, late) == late) listener!.UnderWay(progress);
        await over.CancelAsync();
        return await under;
    }

    /// <summary>A step that is done at once for one service begins.</summary>
    public void Begin(StepKind kind, int services)
    {
        if (services > 1 && Of(kind, services) is { } progress) listener!.UnderWay(progress);
    }

    /// <summary>The verification of <paramref name="services"/> begins.</summary>
    public void BeginToWait(int services)
    {
        _toldOfWaiting = _beganToWait = time.GetTimestamp();
        // Only looking is not worth a word, unless it takes long.
        if (services > 1 && _kinds.Count > 0)
            listener?.UnderWay(new OperationProgress(operation.Verb, _kinds.Count + 1, _kinds.Count + 1, null, services));
    }

    /// <summary>The verification of <paramref name="runs"/> goes on.</summary>
    public void Wait(IReadOnlyCollection<ServiceRun> runs)
    {
        if (listener is null || time.GetElapsedTime(_toldOfWaiting) < Long) return;
        _toldOfWaiting = time.GetTimestamp();
        var failed = runs.Count(run => run.HasFailed);
        listener.Waiting(new WaitingProgress(
            operation.Verb, runs.Count(run => run.IsSettled) - failed, failed, runs.Count, time.GetElapsedTime(_beganToWait)));
    }

    // A step that nobody planned is part of the one that needed it.
    private OperationProgress? Of(StepKind kind, int services) =>
        listener is not null && _kinds.IndexOf(kind) is var at and >= 0
            ? new OperationProgress(operation.Verb, at + 1, _kinds.Count + 1, kind, services)
            : null;
}

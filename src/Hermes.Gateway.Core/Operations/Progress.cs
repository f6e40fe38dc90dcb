using System.Runtime.ExceptionServices;
using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.Operations;

/// <summary>Tells a listener where an operation is: one word for each step, however many services it is for.</summary>
internal sealed class Progress(Operation operation, IOperationListener? listener, TimeProvider time)
{
    /// <summary>What takes longer than this is worth a word, also for one service; and how often waiting is told.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    // One of each kind that will be taken.
    private List<Step> _steps = [];
    private long _toldOfWaiting;
    private long _beganToWait;

    /// <summary>The steps that will be taken.</summary>
    public void Plan(IEnumerable<ServiceOperation> services)
    {
        if (listener is null) return;
        _steps = [];
        foreach (var step in services.Where(service => !service.IsSettled).SelectMany(service => service.Plan.Plan.Steps))
            if (PlaceOf(step.Kind) < 0) _steps.Add(step);
        _steps.Sort((a, b) => a.Kind - b.Kind);
    }

    /// <summary>Runs a step. The listener hears of a step for several services when it starts, and of one for a single service
    /// only when it has run for <see cref="Long"/>.</summary>
    public T During<T>(StepKind kind, int services, Func<T> step)
    {
        if (Of(kind, services) is not { } progress) return step();
        if (services > 1)
        {
            listener!.UnderWay(progress);
            return step();
        }

        ExceptionDispatchInfo? failure = null;
        T result;
        var late = time.CreateTimer(_ => Tell(), null, Long, Timeout.InfiniteTimeSpan);
        try
        {
            result = step();
        }
        finally
        {
            // Waits for a callback that is running, so that the listener hears nothing of a step after its end.
            late.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        failure?.Throw();
        return result;

        void Tell()
        {
            try
            {
                listener!.UnderWay(progress);
            }
#pragma warning disable CA1031 // Rethrown on the operation's thread: an exception in a timer's callback ends the process.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }
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
        var last = _steps.Count + 1;
        if (services > 1 && last > 1)
            listener?.UnderWay(new OperationProgress(operation.Verb, last, last, null, services));
    }

    /// <summary>The verification of <paramref name="services"/> goes on.</summary>
    public void Wait(IReadOnlyCollection<ServiceOperation> services)
    {
        if (listener is null || time.GetElapsedTime(_toldOfWaiting) < Long) return;
        _toldOfWaiting = time.GetTimestamp();
        var failed = services.Count(service => service.HasFailed);
        listener.Waiting(new WaitingProgress(
            operation.Verb, services.Count(service => service.IsSettled) - failed, failed, services.Count, time.GetElapsedTime(_beganToWait)));
    }

    // A step that nobody planned is part of the one that needed it.
    private OperationProgress? Of(StepKind kind, int services) =>
        listener is not null && PlaceOf(kind) is var at and >= 0
            ? new OperationProgress(operation.Verb, at + 1, _steps.Count + 1, kind, services)
            : null;

    private int PlaceOf(StepKind kind) => _steps.FindIndex(step => step.Kind == kind);
}

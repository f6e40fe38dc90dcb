using System.Runtime.ExceptionServices;
using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.Operations;

/// <summary>Reports to a listener which step of an operation is under way; once for each step, however many services take it.</summary>
internal sealed class Progress(Operation operation, IOperationListener? listener, TimeProvider time)
{
    /// <summary>How long a step for a single service takes before it is reported, and the interval between reports while the
    /// verification waits.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private StepKind[] _steps = [];
    private long _waitBegan;
    private long _waitReported;

    /// <summary>Sets the steps that will be taken.</summary>
    public void Plan(List<ServiceOperation> services) => _steps = Array.FindAll(
        Enum.GetValues<StepKind>(), kind => services.Exists(service => !service.IsSettled && service.Plan.Has(kind)));

    /// <summary>Runs a step. A step for several services is reported when it starts, one for a single service when it has run for
    /// <see cref="Interval"/>.</summary>
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
        var late = time.CreateTimer(_ => Report(), null, Interval, Timeout.InfiniteTimeSpan);
        try
        {
            result = step();
        }
        finally
        {
            // Waits for a running callback, so that nothing is reported of a step after its end.
            late.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        failure?.Throw();
        return result;

        void Report()
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

    /// <summary>Reports the start of a step that is quick for a single service.</summary>
    public void Begin(StepKind kind, int services)
    {
        if (services > 1 && Of(kind, services) is { } progress) listener!.UnderWay(progress);
    }

    /// <summary>Reports the start of the verification, unless there were no steps before it.</summary>
    public void BeginToWait(int services)
    {
        _waitReported = _waitBegan = time.GetTimestamp();
        var last = _steps.Length + 1;
        if (services > 1 && last > 1) listener?.UnderWay(new OperationProgress(operation.Verb, last, last, null, services));
    }

    /// <summary>Reports, once in an <see cref="Interval"/>, that the verification is still waiting.</summary>
    public void Wait(IReadOnlyCollection<ServiceOperation> services)
    {
        if (listener is null || time.GetElapsedTime(_waitReported) < Interval) return;
        _waitReported = time.GetTimestamp();
        var failed = services.Count(service => service.HasFailed);
        listener.Waiting(new WaitingProgress(
            operation.Verb, services.Count(service => service.IsSettled) - failed, failed, services.Count, time.GetElapsedTime(_waitBegan)));
    }

    // A step outside of the plan belongs to the planned step that needed it, and is not reported.
    private OperationProgress? Of(StepKind kind, int services) =>
        listener is not null && Array.IndexOf(_steps, kind) is var at and >= 0
            ? new OperationProgress(operation.Verb, at + 1, _steps.Length + 1, kind, services)
            : null;
}

using System.Runtime.CompilerServices;

namespace Hermes.Gateway.Core.Async;

/// <summary>Builds async methods without the JIT: <c>[AsyncMethodBuilder(typeof(PrecompiledTask))]</c> on each.</summary>
/// <remarks>The framework's builder is generic over the method's state, a structure of ours, and what is generic over
/// those is in no precompiled image: not in the framework's, and, because the framework may be serviced, not in ours. Each
/// async method that waits would cost about ten methods that are compiled while a build waits. This builder is in our
/// image, and keeps a method's state on the heap from the beginning, so that <see cref="Start"/>, which is precompiled,
/// is the only place that knows what it is. It does the same as the framework's, except that a method that ends with an
/// <see cref="OperationCanceledException"/> tells of its token and not of where it was thrown.</remarks>
internal struct PrecompiledTask
{
    private TaskCompletionSource _source;
    private Continuation _continuation;

    /// <summary>The task of the method.</summary>
    public readonly Task Task => _source.Task;

    public static PrecompiledTask Create() => default;

    public void Start<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine
    {
        // This builder is a part of the state that is copied: it has to be complete before.
        _source = new TaskCompletionSource();
        var continuation = new Continuation<TMachine>();
        _continuation = continuation;
        continuation.Take(ref machine);
        continuation.Start();
    }

#pragma warning disable CA1822 // The compiler calls it on the builder.
    public readonly void SetStateMachine(IAsyncStateMachine machine) => _ = machine;
#pragma warning restore CA1822

    public readonly void SetResult() => _source.SetResult();

    public readonly void SetException(Exception exception)
    {
        if (exception is OperationCanceledException canceled) _source.SetCanceled(canceled.CancellationToken);
        else _source.SetException(exception);
    }

    public readonly void AwaitOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : INotifyCompletion
        where TMachine : IAsyncStateMachine => awaiter.OnCompleted(_continuation.Suspend());

    public readonly void AwaitUnsafeOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : ICriticalNotifyCompletion
        where TMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(_continuation.Suspend());
}

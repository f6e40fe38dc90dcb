using System.Runtime.CompilerServices;

namespace Hermes.Gateway.Core.Async;

/// <summary><see cref="PrecompiledTask"/> for methods with a result: <c>[AsyncMethodBuilder(typeof(PrecompiledTask&lt;&gt;))]</c>.
/// </summary>
internal struct PrecompiledTask<T>
{
    private TaskCompletionSource<T> _source;
    private Continuation _continuation;

    /// <summary>The task of the method.</summary>
    public readonly Task<T> Task => _source.Task;

    public static PrecompiledTask<T> Create() => default;

    public void Start<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine
    {
        // This builder is a part of the state that is copied: it has to be complete before.
        _source = new TaskCompletionSource<T>();
        var continuation = new Continuation<TMachine>();
        _continuation = continuation;
        continuation.Take(ref machine);
        continuation.Start();
    }

#pragma warning disable CA1822 // The compiler calls it on the builder.
    public readonly void SetStateMachine(IAsyncStateMachine machine) => _ = machine;
#pragma warning restore CA1822

    public readonly void SetResult(T result) => _source.SetResult(result);

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

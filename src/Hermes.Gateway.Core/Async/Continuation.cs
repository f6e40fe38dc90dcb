using System.Runtime.CompilerServices;

namespace Hermes.Gateway.Core.Async;

/// <summary>An async method that has begun: its state, and the context in which it goes on after a wait.</summary>
internal abstract class Continuation
{
    private static readonly ContextCallback InContext = static continuation => ((Continuation)continuation!).Step();
    private ExecutionContext? _context;
    private Action? _goOn;

    /// <summary>Runs the method to its first wait. What it changes in the context of the caller stays its own.</summary>
    public void Start()
    {
        var context = ExecutionContext.Capture();
        try
        {
            Step();
        }
        finally
        {
            if (context is not null && ExecutionContext.Capture() != context) ExecutionContext.Restore(context);
        }
    }

    /// <summary>What an awaiter calls when there is no more to wait for.</summary>
    public Action Suspend()
    {
        _context = ExecutionContext.Capture();
        return _goOn ??= GoOn;
    }

    /// <summary>Runs the method to its next wait.</summary>
    protected abstract void Step();

    private void GoOn()
    {
        if (_context is { } context) ExecutionContext.Run(context, InContext, this);
        else Step();
    }
}

/// <summary>The one copy of a method's state.</summary>
internal sealed class Continuation<TMachine> : Continuation
    where TMachine : IAsyncStateMachine
{
    private TMachine? _machine;

    /// <summary>Takes the state, which has to know of this continuation already.</summary>
    public void Take(ref TMachine machine) => _machine = machine;

    /// <inheritdoc/>
    protected override void Step() => _machine!.MoveNext();
}

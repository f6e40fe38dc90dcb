using System.Collections.Immutable;
using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Observes many services while <c>systemctl show</c> is still printing those after them: to print a thousand
/// takes it longer than it takes to look at them. In a thread of its own, so that the command never waits for it.</summary>
internal sealed class EarlyObserver
{
    /// <summary>Fewer are printed before another thread has begun.</summary>
    public const int Fewest = 64;

    private readonly IReadOnlyList<DesiredService> _services;
    private readonly Func<DesiredService, ImmutableDictionary<string, string>, ServiceObservation?> _observe;
    private readonly ServiceObservation?[] _seen;
    private readonly ImmutableDictionary<string, string>?[] _left;
    private readonly Queue<Shown> _queue = new();
    private readonly ShowReader _reader;
    private readonly Task _work;
    private int _blocks;
    private bool _hasAll;

    /// <param name="services">The services, in the order in which their units are asked for.</param>
    /// <param name="observe">Observes one; null for one that can only be observed when all is known.</param>
    public EarlyObserver(
        IReadOnlyList<DesiredService> services,
        Func<DesiredService, ImmutableDictionary<string, string>, ServiceObservation?> observe)
    {
        (_services, _observe) = (services, observe);
        _seen = new ServiceObservation?[services.Count];
        _left = new ImmutableDictionary<string, string>?[services.Count];
        _reader = new ShowReader(Enqueue);
        _work = Task.Factory.StartNew(
            Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Takes the next piece of what is printed.</summary>
    public void Add(ReadOnlySpan<char> piece) => _reader.Add(piece);

    /// <summary>Whether there was one block for each service. If not, which is whose is not known, and nothing that was
    /// seen counts.</summary>
    public bool IsAnswer => _blocks == _services.Count;

    /// <summary>Nothing is printed any more. Returns when all is observed that can be.</summary>
    public void Complete()
    {
        _reader.Complete();
        Release(isDropped: !IsAnswer);
        _work.GetAwaiter().GetResult();
    }

    /// <summary>What was printed is no answer: what is not observed yet will not be.</summary>
    public void Drop()
    {
        Release(isDropped: true);
        _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
    }

    /// <summary>What was seen of a service; null when it could not be observed yet.</summary>
    public ServiceObservation? Seen(int place) => _seen[place];

    /// <summary>The block of a service that could not be observed yet. Of the others it is not kept.</summary>
    public ImmutableDictionary<string, string> Left(int place) => _left[place]!;

    private void Enqueue(ImmutableDictionary<string, string> block)
    {
        // One too many: the answer is wrong.
        if (_blocks++ >= _services.Count) return;
        lock (_queue)
        {
            _queue.Enqueue(new Shown(_blocks - 1, block));
            Monitor.Pulse(_queue);
        }
    }

    private void Release(bool isDropped)
    {
        lock (_queue)
        {
            if (isDropped) _queue.Clear();
            _hasAll = true;
            Monitor.Pulse(_queue);
        }
    }

    private void Work()
    {
        while (Next() is var (place, block))
            if (_observe(_services[place], block) is { } seen) _seen[place] = seen;
            else _left[place] = block;
    }

    private Shown? Next()
    {
        lock (_queue)
        {
            while (_queue.Count == 0 && !_hasAll) Monitor.Wait(_queue);
            return _queue.TryDequeue(out var shown) ? shown : null;
        }
    }

    private sealed record Shown(int Place, ImmutableDictionary<string, string> Block);
}

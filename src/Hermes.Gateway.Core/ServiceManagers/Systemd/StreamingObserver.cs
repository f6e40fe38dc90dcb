using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Observes services in a thread of its own while <c>systemctl show</c> still prints the units after them, because
/// printing a thousand units takes longer than reading their files and processes.</summary>
internal sealed class StreamingObserver : IDisposable
{
    /// <summary>The least number of services for which a thread pays off.</summary>
    public const int MinServices = 64;

    private readonly List<UnitProperties> _units = [];
    private readonly ServiceObservation?[] _observations;
    private readonly ShowOutputReader _reader;
    private readonly Task _observing;
    private bool _isComplete;
    private bool _isCanceled;

    /// <summary>Starts the thread. The services are in the order in which their units are requested. <paramref name="observe"/>
    /// observes one, or returns null when that has to wait until the command has ended.</summary>
    public StreamingObserver(
        IReadOnlyList<DesiredService> services, Func<DesiredService, UnitProperties, ServiceObservation?> observe)
    {
        _observations = new ServiceObservation?[services.Count];
        _reader = new ShowOutputReader(AddUnit);
        _observing = Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < services.Count && WaitForUnit(i) is { } unit; i++) _observations[i] = observe(services[i], unit);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Takes the next piece of output, and never waits for an observation.</summary>
    public void Add(ReadOnlySpan<char> piece) => _reader.Add(piece);

    /// <summary>Ends the output, waits until the services are observed, and returns all units. Unless there is one for each
    /// service, the observations are meaningless.</summary>
    public IReadOnlyList<UnitProperties> Complete()
    {
        _reader.Complete();
        EndOutput(isCanceled: _units.Count != _observations.Length);
        _observing.GetAwaiter().GetResult();
        return _units;
    }

    /// <summary>Returns the observation of a service; null when it has to wait until the command has ended.</summary>
    public ServiceObservation? Observation(int index) => _observations[index];

    /// <summary>Returns after the running observation, and abandons those not begun.</summary>
    public void Dispose()
    {
        EndOutput(isCanceled: true);
        _observing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
    }

    private void AddUnit(UnitProperties unit)
    {
        lock (_units)
        {
            _units.Add(unit);
            Monitor.Pulse(_units);
        }
    }

    private void EndOutput(bool isCanceled)
    {
        lock (_units)
        {
            (_isComplete, _isCanceled) = (true, isCanceled);
            Monitor.Pulse(_units);
        }
    }

    private UnitProperties? WaitForUnit(int index)
    {
        lock (_units)
        {
            while (index >= _units.Count && !_isComplete) Monitor.Wait(_units);
            return _isCanceled || index >= _units.Count ? null : _units[index];
        }
    }
}

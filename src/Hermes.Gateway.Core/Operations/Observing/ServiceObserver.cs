using Hermes.Gateway.Core.ServiceManagers;

namespace Hermes.Gateway.Core.Operations.Observing;

/// <summary>The observing phase: asks the manager about all services of an operation together.</summary>
internal sealed class ServiceObserver(IServiceManager manager)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    /// <summary>Observes the services once and compares them.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the answers are not used.</exception>
    public void Observe(IReadOnlyList<ServiceOperation> services, Deadline deadline, CancellationToken cancellationToken)
    {
        var seen = manager.Observe([.. services.Select(service => service.Desired)], deadline, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < services.Count; i++) services[i].Observe(seen[i]);
    }

    /// <summary>Observes the services again and again, until an evaluation leaves none of them open. Between two observations it waits
    /// for a process to end, at most for a pause that grows.</summary>
    /// <param name="services">The services to observe first; may be empty.</param>
    /// <param name="deadlineOf">When the work on a service must end.</param>
    /// <param name="evaluate">Evaluates the latest observations. Returns the services that are still open and the pause before the next
    /// observation; null for the pause that is due.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Poll(
        IReadOnlyList<ServiceOperation> services,
        Func<ServiceOperation, Deadline> deadlineOf,
        Func<(IReadOnlyList<ServiceOperation> Open, TimeSpan? Pause)> evaluate,
        CancellationToken cancellationToken)
    {
        var backoff = new Backoff(FirstPause, LongestPause);
        while (true)
        {
            if (services.Count > 0)
                Observe(services, ObservationDeadline.OfLater(services.Count, Deadline.Latest(services.Select(deadlineOf))), cancellationToken);
            (services, var pause) = evaluate();
            if (services.Count == 0) return;
            var next = backoff.Next();
            manager.WaitForChange(
                [.. services.Select(service => service.Now!.Observation)],
                Deadline.Earliest(services.Select(deadlineOf)).Within(pause ?? next),
                cancellationToken);
        }
    }
}

namespace Hermes.Gateway.Core.Operations.Observing;

/// <summary>Limits an observation, so that a manager that does not answer cannot use up the time of the operation.</summary>
internal static class ObservationDeadline
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);

    // Granted even after the operation's deadline, because the report must describe the state at its end.
    private static readonly TimeSpan Last = TimeSpan.FromSeconds(2);

    // systemd answers for a thousand units within one second on a slow machine (measured on 252, with two processors).
    private static readonly TimeSpan PerService = TimeSpan.FromMilliseconds(5);

    /// <summary>Returns the deadline of the observation with which an operation begins.</summary>
    public static Deadline OfFirst(int services, Deadline operation) => operation.Within(First + ForMore(services));

    /// <summary>Returns the deadline of any later observation.</summary>
    public static Deadline OfLater(int services, Deadline operation) =>
        operation.OrAtLeast(Last + ForMore(services)).Within(Later + ForMore(services));

    private static TimeSpan ForMore(int services) => (services - 1) * PerService;
}

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>How long a manager is waited for when it is looked at: it can have stopped answering, and the time of an operation
/// is for more than looking.</summary>
internal static class LookTime
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);

    // After the time is up, too: how things are now has to be told.
    private static readonly TimeSpan Last = TimeSpan.FromSeconds(2);

    // systemd tells of a thousand units in one second on a slow machine (measured on 252, with two processors).
    private static readonly TimeSpan ForEachMore = TimeSpan.FromMilliseconds(5);

    /// <summary>The time for the look that an operation begins with.</summary>
    /// <param name="services">How many services are looked at.</param>
    /// <param name="left">What is left of the operation's time.</param>
    public static TimeSpan OfFirst(int services, TimeSpan left) => Shorter(left, First + ForMore(services));

    /// <summary>The time for any other look; never none.</summary>
    /// <inheritdoc cref="OfFirst"/>
    public static TimeSpan OfAnother(int services, TimeSpan left)
    {
        var last = Last + ForMore(services);
        return left < last ? last : Shorter(left, Usual + ForMore(services));
    }

    private static TimeSpan ForMore(int services) => (services - 1) * ForEachMore;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

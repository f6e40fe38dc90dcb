namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>Creates deadlines on the system clock.</summary>
internal static class Deadlines
{
    /// <summary>Returns the deadline that is <paramref name="duration"/> from now.</summary>
    public static Deadline FromNow(this TimeSpan duration) => new(TimeProvider.System, duration);
}

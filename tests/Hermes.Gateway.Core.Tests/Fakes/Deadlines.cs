namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>Makes deadlines by the system's clock.</summary>
internal static class Deadlines
{
    /// <summary>The deadline that is <paramref name="duration"/> from now.</summary>
    public static Deadline FromNow(this TimeSpan duration) => new(TimeProvider.System, duration);
}

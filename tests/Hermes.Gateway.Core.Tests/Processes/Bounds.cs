namespace Hermes.Gateway.Core.Tests.Processes;

/// <summary>Generous bounds, for a machine under load.</summary>
internal static class Bounds
{
    /// <summary>No test waits longer for anything.</summary>
    public static readonly TimeSpan Test = TimeSpan.FromSeconds(60);

    /// <summary>What happens within this is not held up by any of the minutes that the tests ask for.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    /// <summary>A limit that only a defect reaches.</summary>
    public static readonly TimeSpan Never = TimeSpan.FromMinutes(10);
}

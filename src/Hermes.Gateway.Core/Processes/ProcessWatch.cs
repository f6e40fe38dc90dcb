using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Waits for processes of others. Nothing is spawned for it, and no right over them is needed.</summary>
internal static class ProcessWatch
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until one of <paramref name="processes"/> has ended, or the deadline has passed.</summary>
    public static void WaitForAnyEnd(
        IReadOnlyCollection<int> processes, Deadline deadline, CancellationToken cancellationToken) =>
        deadline.PollUntil(
            () => processes.Any(process => !NativeMethods.ProcessExists(process)), PollInterval, cancellationToken);
}

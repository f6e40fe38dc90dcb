using System.ComponentModel;
using System.Diagnostics;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Observes processes that this process did not start. Starts none, and needs no right over them.</summary>
internal static class ProcessWatch
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until one of the processes has ended, or the deadline has passed.</summary>
    public static void WaitForAnyEnd(IReadOnlyCollection<int> ids, Deadline deadline, CancellationToken cancellationToken) =>
        deadline.PollUntil(() => ids.Any(id => !NativeMethods.ProcessExists(id)), PollInterval, cancellationToken);

    /// <summary>Returns the start time of a process; null when it has ended, or the kernel hides it from this account.</summary>
    public static DateTimeOffset? StartTimeOf(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return new DateTimeOffset(process.StartTime.ToUniversalTime());
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception or NotSupportedException)
        {
            return null;
        }
    }
}

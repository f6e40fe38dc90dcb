using System.ComponentModel;
using System.Diagnostics;

namespace Hermes.Gateway.Core.Host;

/// <summary>When a process was started: for managers that do not tell.</summary>
internal static class ProcessStart
{
    /// <summary>The time; null when the process is gone, or is somebody else's and the kernel keeps it to itself.
    /// </summary>
    public static DateTimeOffset? Of(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return new DateTimeOffset(process.StartTime.ToUniversalTime());
        }
        catch (Exception e) when (
            e is ArgumentException or InvalidOperationException or Win32Exception or NotSupportedException)
        {
            return null;
        }
    }
}

using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Waits for processes of others. Nothing is spawned for it, and no right over them is needed.</summary>
internal static class ProcessWatch
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until one of <paramref name="processes"/> has ended, or <paramref name="atMost"/> has passed; with
    /// no process to wait for, that long.</summary>
    public static void WaitForAnyEnd(
        IReadOnlyCollection<int> processes, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) is var elapsed && elapsed < atMost)
        {
            if (processes.Any(process => !NativeMethods.ProcessExists(process))) return;
            var rest = atMost - elapsed;
            time.Wait(rest < PollInterval ? rest : PollInterval, cancellationToken);
        }
    }
}

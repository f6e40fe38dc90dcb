using System.Diagnostics;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Tests.Driver;

/// <summary>Runs commands, and ends this process by SIGKILL just before or just after one of them.</summary>
/// <param name="inner">Runs them.</param>
/// <param name="before">The command that is not run any more; null for none.</param>
/// <param name="after">The last command that is run to its end; null for all.</param>
internal sealed class MortalRunner(IProcessRunner inner, int? before, int? after) : IProcessRunner
{
    private int _begun;
    private int _ended;

    /// <summary>How many were run.</summary>
    public int Commands => _ended;

    /// <inheritdoc/>
    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _begun) == before) Die();
        var result = inner.Run(request, cancellationToken);
        if (Interlocked.Increment(ref _ended) == after) Die();
        return result;
    }

    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        // The signal is under way.
        Thread.Sleep(Timeout.Infinite);
    }
}

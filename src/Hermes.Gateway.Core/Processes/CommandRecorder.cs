using System.Collections.Concurrent;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Records every command that an operation ran, for its report; calls <c>completed</c> after each.</summary>
internal sealed class CommandRecorder(IProcessRunner inner, Action<CommandResult>? completed = null) : IProcessRunner
{
    private readonly ConcurrentQueue<CommandResult> _results = new();

    /// <summary>The commands that ended so far, in that order. Without standard output, which no report shows and which would use
    /// most of the memory when many services are observed repeatedly.</summary>
    public ImmutableArray<CommandResult> Results => [.. _results];

    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        var result = inner.Run(request, cancellationToken);
        // A receiver would keep all that it made of the output in memory.
        var kept = request.Output is null ? result.Request : result.Request with { Output = null };
        _results.Enqueue(result with { StandardOutput = "", Request = kept });
        completed?.Invoke(result);
        return result;
    }
}

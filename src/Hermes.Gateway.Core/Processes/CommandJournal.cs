using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Remembers every command that an operation ran, for its report.</summary>
/// <param name="inner">Runs them.</param>
/// <param name="told">Hears of each when it has ended.</param>
internal sealed class CommandJournal(IProcessRunner inner, Action<CommandResult>? told = null) : IProcessRunner
{
    private readonly ConcurrentQueue<CommandResult> _results = new();

    /// <summary>What ran so far, in the order in which it ended; without what it wrote to standard output, which of many
    /// looks at many services would be the most of all memory, and which no report shows.</summary>
    public ImmutableArray<CommandResult> Results => [.. _results];

    /// <inheritdoc/>
    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        var result = inner.Run(request, cancellationToken);
        // Nor its receiver, with all that it has made of it.
        var kept = request.Output is null ? result.Request : result.Request with { Output = null };
        _results.Enqueue(result with { StandardOutput = "", Request = kept });
        told?.Invoke(result);
        return result;
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Remembers every command that an operation ran, for its report.</summary>
public sealed class CommandJournal(IProcessRunner inner) : IProcessRunner
{
    private readonly ConcurrentQueue<CommandResult> _results = new();

    /// <summary>What ran so far, in the order in which it ended.</summary>
    public ImmutableArray<CommandResult> Results => [.. _results];

    /// <inheritdoc/>
    public async Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var result = await inner.RunAsync(request, cancellationToken);
        _results.Enqueue(result);
        return result;
    }
}

using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>Hands on what another runner answers, in pieces, wherever that is asked for.</summary>
/// <param name="inner">Answers.</param>
/// <param name="pieces">Characters of each piece.</param>
internal sealed class HandingRunner(IProcessRunner inner, int pieces = 1000) : IProcessRunner
{
    /// <summary>Makes something else of what is handed on.</summary>
    public Func<string, string> Spoil { get; init; } = text => text;

    /// <summary>Makes something else of how it ended.</summary>
    public Func<CommandResult, CommandResult> End { get; init; } = result => result;

    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        var result = inner.Run(request, cancellationToken);
        if (request.Output is not { } output) return result;
        var text = Spoil(result.StandardOutput);
        for (var at = 0; at < text.Length; at += pieces) output(text.AsSpan(at, Math.Min(pieces, text.Length - at)));
        return End(result with { StandardOutput = "" });
    }
}

using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>Passes the output of another runner in pieces to the <see cref="CommandRequest.Output"/> of the request.</summary>
/// <param name="inner">Runs the commands.</param>
/// <param name="pieces">Characters of each piece.</param>
internal sealed class StreamingRunner(IProcessRunner inner, int pieces = 1000) : IProcessRunner
{
    /// <summary>Changes the output before it is passed on.</summary>
    public Func<string, string> ChangeOutput { get; init; } = text => text;

    /// <summary>Changes the result of the command.</summary>
    public Func<CommandResult, CommandResult> ChangeResult { get; init; } = result => result;

    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        var result = inner.Run(request, cancellationToken);
        if (request.Output is not { } output) return result;
        var text = ChangeOutput(result.StandardOutput);
        for (var at = 0; at < text.Length; at += pieces) output(text.AsSpan(at, Math.Min(pieces, text.Length - at)));
        return ChangeResult(result with { StandardOutput = "" });
    }
}

using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Tasks.Tests.Infra;

/// <summary>Answers every command in one way, and counts them.</summary>
internal sealed class FakeRunner(Func<CommandRequest, CancellationToken, CommandResult> answer) : IProcessRunner
{
    private int _commands;

    public int Commands => _commands;

    public static FakeRunner Answering(Func<CommandRequest, CommandResult> answer) =>
        new((request, _) => answer(request));

    public static FakeRunner Throwing(Exception exception) => new((_, _) => throw exception);

    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _commands);
        return answer(request, cancellationToken);
    }
}

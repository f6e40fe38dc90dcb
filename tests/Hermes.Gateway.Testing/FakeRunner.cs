using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Testing;

/// <summary>Records commands and answers them without starting a process.</summary>
public sealed class FakeRunner : IProcessRunner
{
    private readonly Func<CommandRequest, CancellationToken, CommandResult>? _answer;

    public FakeRunner(Func<CommandRequest, CancellationToken, CommandResult> answer) => _answer = answer;

    /// <param name="answer">Answers each command; without it, a command is an error of the test.</param>
    public FakeRunner(Func<CommandRequest, CommandResult>? answer = null)
    {
        if (answer is not null) _answer = (request, _) => answer(request);
    }

    public IList<CommandRequest> Requests { get; } = [];

    public static FakeRunner Exiting(int code) => new(request => Exit(request, code));

    public static FakeRunner Throwing(Exception exception) => new((_, _) => throw exception);

    public static CommandResult Exit(CommandRequest request, int code, string output = "", string error = "") => new()
    {
        Request = request,
        End = CommandEnd.Exited,
        ExitCode = code,
        StandardOutput = output,
        StandardError = error,
    };

    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (Requests) Requests.Add(request);
        return _answer is null
            ? throw new InvalidOperationException($"{request.Program} must not be started here")
            : _answer(request, cancellationToken);
    }
}

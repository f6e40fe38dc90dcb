using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>Answers commands without running anything, and remembers them. Unless told otherwise nothing may run.</summary>
internal sealed class FakeRunner(Func<CommandRequest, CommandResult>? answer = null) : IProcessRunner
{
    public List<CommandRequest> Requests { get; } = [];

    /// <summary>An answer that every command gives.</summary>
    public static FakeRunner Exiting(int code) => new(request => Exit(request, code));

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
        lock (Requests) Requests.Add(request);
        return answer is null
            ? throw new InvalidOperationException($"{request.Program} must not be started here")
            : answer(request);
    }
}

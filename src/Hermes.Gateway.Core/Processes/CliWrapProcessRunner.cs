using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using CliWrap;
using CliWrap.Builders;

namespace Hermes.Gateway.Core.Processes;

/// <summary>
/// Runs commands with CliWrap. They inherit the environment of the start information, with <c>LC_ALL=C</c> unless the request
/// says otherwise, and their standard input is empty.
/// </summary>
/// <param name="newStartInfo">
/// Makes a start information whose environment is the inherited one: an MSBuild task gives its
/// <c>TaskEnvironment.GetProcessStartInfo</c>. By default it is the environment of this process.
/// </param>
/// <param name="timeProvider">The clock for deadlines and durations; the system's by default.</param>
/// <remarks>
/// A polite stop reaches the command alone. When that is enough, processes that the command started and did not stop
/// live on; when it is not, they are killed with it.
/// </remarks>
public sealed class CliWrapProcessRunner(Func<ProcessStartInfo>? newStartInfo = null, TimeProvider? timeProvider = null)
    : IProcessRunner
{
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly CommandWatch _watch = new(timeProvider ?? TimeProvider.System);

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">A limit of the request is out of its range.</exception>
    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        CommandWatch.Check(request);
        if (cancellationToken.IsCancellationRequested)
            return new CommandResult { Request = request, End = CommandEnd.Canceled };
        return StartFailure.Foresee(request) is { } reason
            ? NotStarted(request, reason)
            : StartAndWatch(request, cancellationToken);
    }

    private CommandResult StartAndWatch(CommandRequest request, CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        using var kill = new CancellationTokenSource();
        using var abandon = new CancellationTokenSource();
        var output = new BoundedPipeTarget(request.MaxOutputCharacters, abandon.Token, request.Output);
        var error = new BoundedPipeTarget(request.MaxOutputCharacters, abandon.Token);
        Process? process = null;
        var exit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<global::CliWrap.CommandResult> execution;

        try
        {
            // CliWrap's polite way is SIGINT, which background jobs of shells ignore; so its token for that stays unused.
            execution = NewCommand(request, output, error).ExecuteAsync(
                start => SetEnvironment(request, start),
                started =>
                {
                    process = started;
                    started.Exited += (_, _) => exit.TrySetResult();
                    if (started.HasExited) exit.TrySetResult();
                },
                forcefulCancellationToken: kill.Token);
        }
        catch (Win32Exception exception)
        {
            // CliWrap wraps what the system has said into a guess.
            var said = exception.InnerException as Win32Exception ?? exception;
            return NotStarted(request, StartFailure.Explain(request, said)) with { Duration = _time.GetElapsedTime(begin) };
        }

        var end = _watch.WaitOrStop(request, exit.Task, () => RequestStop(process!), kill.Cancel, cancellationToken);
        _watch.WaitForOutput(Task.WhenAll(output.Text, error.Text));
        abandon.Cancel();
        // It throws when the command was killed, and when the kill had no effect.
        ((Task)execution).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        var outputText = output.Text.GetAwaiter().GetResult();
        var errorText = error.Text.GetAwaiter().GetResult();
        outputText.ThrowRefusal();

        return new CommandResult
        {
            Request = request,
            End = end,
            ExitCode = end == CommandEnd.Exited ? execution.GetAwaiter().GetResult().ExitCode : null,
            StandardOutput = outputText.ToString(),
            StandardError = errorText.ToString(),
            OutputTruncated = outputText.IsTruncated || errorText.IsTruncated,
            Duration = _time.GetElapsedTime(begin),
        };
    }

    /// <summary>Not by <c>Cli.Wrap</c>, which asks for the current folder, and throws when that is gone.</summary>
    private static Command NewCommand(CommandRequest request, PipeTarget output, PipeTarget error) => new(
        request.Program,
        new ArgumentsBuilder().Add(request.Arguments).Build(),
        request.WorkingDirectory,
        ResourcePolicy.Default,
        Credentials.Default,
        ImmutableDictionary<string, string?>.Empty,
        CommandResultValidation.None,
        PipeSource.Null,
        output,
        error);

    /// <summary>CliWrap itself can only add to the environment of this process and remove from it.</summary>
    private void SetEnvironment(CommandRequest request, ProcessStartInfo start)
    {
        if (newStartInfo is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in newStartInfo().Environment) start.Environment[name] = value;
        }

        CommandEnvironment.Apply(request, start);
    }

    private static bool RequestStop(Process process)
    {
        try
        {
            return PosixSignals.RequestStop(process);
        }
        catch (InvalidOperationException)
        {
            // CliWrap has let go of it already, which it does when it has exited.
            return false;
        }
    }

    private static CommandResult NotStarted(CommandRequest request, string reason) =>
        new() { Request = request, End = CommandEnd.NotStarted, StandardError = reason };
}

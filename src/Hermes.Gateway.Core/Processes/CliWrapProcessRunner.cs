using System.ComponentModel;
using System.Diagnostics;
using CliWrap;
using CliWrap.Builders;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Runs commands with CliWrap. They inherit the environment of the start information, with <c>LC_ALL=C</c> unless the
/// request sets another one, and their standard input is empty.</summary>
/// <param name="newStartInfo">Creates a start information whose environment is the inherited one: an MSBuild task passes its
/// <c>TaskEnvironment.GetProcessStartInfo</c>. By default it is the environment of this process.</param>
/// <param name="timeProvider">The clock for deadlines and durations; the system's by default.</param>
/// <remarks>A polite stop reaches the command alone: processes that it started may live on. A kill reaches them too.</remarks>
public sealed class CliWrapProcessRunner(Func<ProcessStartInfo>? newStartInfo = null, TimeProvider? timeProvider = null)
    : IProcessRunner
{
    // An exited command's output is complete when both pipes have ended, which another process that inherited them can delay for
    // ever. The wait is in slices because a stall of the whole machine can consume one timer.
    private const int OutputWaits = 10;
    private static readonly TimeSpan OutputWait = TimeSpan.FromMilliseconds(50);

    // A process in an uninterruptible system call survives even SIGKILL.
    private static readonly TimeSpan KillWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">A limit of the request is out of its range.</exception>
    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.GracePeriod, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(request.MaxOutputCharacters);
        if (cancellationToken.IsCancellationRequested)
            return new CommandResult { Request = request, End = CommandEnd.Canceled };
        return StartFailure.Predict(request) is { } defect ? NotStarted(request, defect) : Start(request, cancellationToken);
    }

    private CommandResult Start(CommandRequest request, CancellationToken cancellationToken)
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
            // CliWrap's token for a polite stop is not used: it sends SIGINT, which background jobs of shells ignore.
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
            // The message of CliWrap's exception is a guess; the inner one has the system's message.
            var cause = exception.InnerException as Win32Exception ?? exception;
            return NotStarted(request, StartFailure.Explain(request, cause)) with { Duration = _time.GetElapsedTime(begin) };
        }

        var end = WaitOrStop(request, process!, exit.Task, kill, cancellationToken);
        var bothEnded = Task.WhenAll(output.Text, error.Text);
        for (var wait = 0; wait < OutputWaits && !bothEnded.IsCompleted; wait++)
            Wait(bothEnded, OutputWait, CancellationToken.None);
        abandon.Cancel();
        // The execution fails when the command was killed, and when the kill had no effect.
        ((Task)execution).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        var outputText = output.Text.GetAwaiter().GetResult();
        var errorText = error.Text.GetAwaiter().GetResult();
        outputText.ThrowReceiverFailure();

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

    private CommandEnd WaitOrStop(
        CommandRequest request, Process process, Task exit, CancellationTokenSource kill, CancellationToken cancellationToken)
    {
        Wait(exit, request.Timeout, cancellationToken);

        // Checked again at the last moment, so that a command that exited by itself is never reported as stopped.
        if (exit.IsCompleted || !RequestStop(process)) return CommandEnd.Exited;

        var end = cancellationToken.IsCancellationRequested ? CommandEnd.Canceled : CommandEnd.TimedOut;
        Wait(exit, request.GracePeriod, CancellationToken.None);
        if (exit.IsCompleted) return end;
        kill.Cancel();
        Wait(exit, KillWait, CancellationToken.None);
        return end;
    }

    private void Wait(Task task, TimeSpan limit, CancellationToken cancellationToken) =>
        task.WaitAsync(limit < LongestTimer ? limit : LongestTimer, _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();

    // Returns false when the command had exited before.
    private static bool RequestStop(Process process)
    {
        try
        {
            // Once the runtime has seen the exit, the id can belong to another process.
            return !process.HasExited && NativeMethods.Terminate(process.Id);
        }
        catch (InvalidOperationException)
        {
            // CliWrap disposed the process, which it does after the exit.
            return false;
        }
    }

    // Not by Cli.Wrap, which throws when the current folder was deleted.
    private static Command NewCommand(CommandRequest request, PipeTarget output, PipeTarget error) => new(
        request.Program, new ArgumentsBuilder().Add(request.Arguments).Build(), request.WorkingDirectory, ResourcePolicy.Default,
        Credentials.Default, ImmutableDictionary<string, string?>.Empty, CommandResultValidation.None, PipeSource.Null,
        output, error);

    // CliWrap itself can only add to the environment of this process and remove from it.
    private void SetEnvironment(CommandRequest request, ProcessStartInfo start)
    {
        if (newStartInfo is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in newStartInfo().Environment) start.Environment[name] = value;
        }

        if (request.InheritsEnvironment) start.Environment["LC_ALL"] = "C";
        else start.Environment.Clear();
        foreach (var (name, value) in request.Environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }
    }

    private static CommandResult NotStarted(CommandRequest request, string reason) =>
        new() { Request = request, End = CommandEnd.NotStarted, StandardError = reason };
}

using System.ComponentModel;
using System.Diagnostics;

namespace Hermes.Gateway.Core.Processes;

/// <summary>
/// Runs commands with <see cref="Process"/>. They inherit the environment of the start information, with
/// <c>LC_ALL=C</c> unless the request says otherwise, and find their standard input at its end.
/// </summary>
/// <param name="newStartInfo">
/// Makes a new, otherwise untouched start information, which decides the inherited environment: an MSBuild task gives
/// its <c>TaskEnvironment.GetProcessStartInfo</c>. By default it is the environment of this process.
/// </param>
/// <param name="timeProvider">The clock for deadlines and durations; the system's by default.</param>
/// <remarks>
/// A polite stop reaches the command alone. When that is enough, processes that the command started and did not stop
/// live on; when it is not, they are killed with it.
/// </remarks>
public sealed class SystemProcessRunner(Func<ProcessStartInfo>? newStartInfo = null, TimeProvider? timeProvider = null)
    : IProcessRunner
{
    // An exited command's output is complete once both pipes are at their end, which another process that inherited
    // them can put off for ever. The wait is in slices because a stall of the whole machine can swallow one timer.
    private const int OutputWaits = 10;
    private static readonly TimeSpan OutputWait = TimeSpan.FromMilliseconds(50);

    // A process in an uninterruptible system call outlives even SIGKILL.
    private static readonly TimeSpan KillWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly Func<ProcessStartInfo> _newStartInfo = newStartInfo ?? (static () => new ProcessStartInfo());
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">A limit of the request is out of its range.</exception>
    public Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.GracePeriod, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(request.MaxOutputCharacters);

        return cancellationToken.IsCancellationRequested
            ? Task.FromResult(new CommandResult { Request = request, End = CommandEnd.Canceled })
            : StartAndWatchAsync(request, cancellationToken);
    }

    private async Task<CommandResult> StartAndWatchAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        using var process = new Process { StartInfo = StartInfoFor(request) };

        if (StartOrExplain(process, request) is { } reason)
        {
            return new CommandResult
            {
                Request = request,
                End = CommandEnd.NotStarted,
                StandardError = reason,
                Duration = _time.GetElapsedTime(begin),
            };
        }

        process.StandardInput.Close();

        // Process.Dispose leaves the streams open that were handed out.
        using var outputReader = process.StandardOutput;
        using var errorReader = process.StandardError;
        using var abandon = new CancellationTokenSource();
        var output = BoundedTextReader.ReadToEndAsync(
            outputReader.BaseStream, request.MaxOutputCharacters, abandon.Token);
        var error = BoundedTextReader.ReadToEndAsync(
            errorReader.BaseStream, request.MaxOutputCharacters, abandon.Token);

        var end = await WaitOrStopAsync(process, request, cancellationToken);
        await WaitForOutputAsync(Task.WhenAll(output, error));
        await abandon.CancelAsync();
        var outputText = await output;
        var errorText = await error;

        return new CommandResult
        {
            Request = request,
            End = end,
            ExitCode = end == CommandEnd.Exited ? process.ExitCode : null,
            StandardOutput = outputText.ToString(),
            StandardError = errorText.ToString(),
            OutputTruncated = outputText.IsTruncated || errorText.IsTruncated,
            Duration = _time.GetElapsedTime(begin),
        };
    }

    private ProcessStartInfo StartInfoFor(CommandRequest request)
    {
        var start = _newStartInfo();
        start.FileName = request.Program;
        start.WorkingDirectory = request.WorkingDirectory;
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        foreach (var argument in request.Arguments)
            start.ArgumentList.Add(argument);

        if (request.InheritsEnvironment)
            start.Environment["LC_ALL"] = "C";
        else
            start.Environment.Clear();
        foreach (var (name, value) in request.Environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        return start;
    }

    private static string? StartOrExplain(Process process, CommandRequest request)
    {
        if (StartFailure.Foresee(request) is { } reason)
            return reason;

        try
        {
            process.Start();
            return null;
        }
        catch (Win32Exception exception)
        {
            return StartFailure.Explain(request, exception);
        }
    }

    private async Task<CommandEnd> WaitOrStopAsync(
        Process process, CommandRequest request, CancellationToken cancellationToken)
    {
        var exit = process.WaitForExitAsync(CancellationToken.None);
        await WaitAsync(exit, request.Timeout, cancellationToken);

        // Looked at again at the last moment: what has exited by itself is never said to have been stopped.
        if (exit.IsCompleted || !PosixSignals.RequestStop(process))
            return CommandEnd.Exited;

        var end = cancellationToken.IsCancellationRequested ? CommandEnd.Canceled : CommandEnd.TimedOut;
        await WaitAsync(exit, request.GracePeriod, CancellationToken.None);
        if (!exit.IsCompleted)
        {
            KillTree(process);
            await WaitAsync(exit, KillWait, CancellationToken.None);
        }

        return end;
    }

    private async Task WaitForOutputAsync(Task bothEnded)
    {
        for (var wait = 0; wait < OutputWaits && !bothEnded.IsCompleted; wait++)
            await WaitAsync(bothEnded, OutputWait, CancellationToken.None);
    }

    /// <summary>Returns when <paramref name="task"/> has ended, the time is up, or the token is cancelled.</summary>
    private async Task WaitAsync(Task task, TimeSpan limit, CancellationToken cancellationToken) =>
        await task
            .WaitAsync(limit < LongestTimer ? limit : LongestTimer, _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static void KillTree(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or AggregateException)
        {
            // Gone meanwhile, or not ours to kill (setuid): either way the bounded wait that follows is the answer.
        }
    }
}

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
    private readonly Func<ProcessStartInfo> _newStartInfo = newStartInfo ?? (static () => new ProcessStartInfo());
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly CommandWatch _watch = new(timeProvider ?? TimeProvider.System);

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">A limit of the request is out of its range.</exception>
    public Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        CommandWatch.Check(request);
        return cancellationToken.IsCancellationRequested
            ? Task.FromResult(new CommandResult { Request = request, End = CommandEnd.Canceled })
            : StartAndWatchAsync(request, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    private async Task<CommandResult> StartAndWatchAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        using var process = new Process { StartInfo = StartInfoFor(request), EnableRaisingEvents = true };
        var exit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => exit.TrySetResult();

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
        var reading = BoundedTextReader.ReadToEndAsync(
            outputReader.BaseStream, errorReader.BaseStream, request, abandon.Token);

        var end = (await _watch.WaitOrStopAsync(
            request,
            exit.Task,
            () => PosixSignals.RequestStop(process),
            () => KillTree(process),
            cancellationToken)).End;
        await _watch.WaitForOutputAsync(reading);
        await abandon.CancelAsync();
        var texts = await reading;
        var (outputText, errorText) = (texts[0], texts[1]);
        outputText.ThrowRefusal();

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
        CommandEnvironment.Apply(request, start);
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

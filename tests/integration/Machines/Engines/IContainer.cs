namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>One container, as an engine gives it. Everything that a <see cref="Host.SystemdHost"/> knows of an engine;
/// each way to talk to one is one implementation. Disposing removes the container, whatever its state.</summary>
internal interface IContainer : IAsyncDisposable
{
    /// <summary>The engine's id of it.</summary>
    string Id { get; }

    /// <summary>Runs a command in it as root, to its end; a command that is not there is a result, too.</summary>
    /// <param name="command">The command and its arguments, each passed as it is.</param>
    /// <param name="timeout">Time after which the wait ends.</param>
    /// <exception cref="TimeoutException">That time is over; the command goes on.</exception>
    Task<ExecResult> ExecAsync(IReadOnlyList<string> command, TimeSpan timeout);

    /// <summary>Copies a file, or a folder with all that is in it, into it while it runs. Modes and links are kept; whose
    /// it is there depends on the engine. Asserts that the target is not on a tmpfs: engines copy below that.</summary>
    /// <param name="source">Absolute path on this machine.</param>
    /// <param name="target">Absolute path in the container, whose parent exists. A file becomes this file; a folder's
    /// contents are added to this folder's, which is made when it is missing.</param>
    Task CopyInAsync(string source, string target);

    /// <summary>Copies a file out of it while it runs; through links, but not from a tmpfs either.</summary>
    Task<byte[]> CopyOutAsync(string path);

    /// <summary>Asks PID 1 to shut down, and waits until the container has ended.</summary>
    Task StopAsync();

    /// <summary>Ends all of its processes at once, as a cut power line does.</summary>
    Task KillAsync();

    /// <summary>Starts it again.</summary>
    Task StartAsync();
}

/// <summary>How a command in a container ended.</summary>
/// <param name="Command">The command.</param>
/// <param name="ExitCode">Its exit status; 126 or 127 when it could not be run.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record ExecResult(IReadOnlyList<string> Command, int ExitCode, string Output, string Errors)
{
    /// <summary>Everything, for the message of a failed assertion.</summary>
    public override string ToString() => $"exit {ExitCode}: {string.Join(' ', Command)}\n{Output}\n{Errors}";

    /// <summary>Asserts that it succeeded; returns its output without the end of the last line.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, ToString());
        return Output.TrimEnd();
    }
}

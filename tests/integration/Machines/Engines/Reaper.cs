using System.Diagnostics;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>A helper process that removes all containers of a test run after the test process has ended, also by SIGKILL. It waits for
/// the end of its standard input, which the kernel closes with the test process.</summary>
internal sealed class Reaper : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private Reaper(Process process) => _process = process;

    /// <summary>The <c>dotnet</c> executable.</summary>
    public static string Muxer { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Starts the helper process for the containers with this label.</summary>
    public static async Task<Reaper> StartAsync(string run)
    {
        // In a session of its own, so that it does not receive signals that a terminal or timeout(1) sends to our process group.
        var reaper = new Reaper(Start("setsid", Muxer, typeof(Reaper).Assembly.Location, Program.Reap, run));
        var line = await reaper._process.StandardOutput.ReadLineAsync().WaitAsync(Timeout);
        Assert.True(line is not null, "the reaper ended at once");
        return reaper;
    }

    /// <summary>Starts a process with redirected standard input and output.</summary>
    public static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>Closes the standard input of the helper process, and waits until it has removed all containers.</summary>
    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(Timeout);
            Assert.Equal(0, _process.ExitCode);
        }
    }
}

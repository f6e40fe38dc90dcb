using System.Diagnostics;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>Removes all containers of a run when this process ends in whatever way, SIGKILL included: a process that waits
/// for the end of its input, which the kernel closes with us.</summary>
internal sealed class Reaper : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private Reaper(Process process) => _process = process;

    /// <summary>The program that runs this assembly.</summary>
    public static string Muxer { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Watches over the containers with this label from now on.</summary>
    public static async Task<Reaper> StartAsync(string run)
    {
        // In a session of its own: what is sent to our process group, by a terminal or by timeout(1), is not for it.
        var reaper = new Reaper(Start("setsid", Muxer, typeof(Reaper).Assembly.Location, Program.Reap, run));
        var line = await reaper._process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        Assert.True(line is not null, "the reaper ended at once");
        return reaper;
    }

    /// <summary>Starts a process that gets our end of its input and output.</summary>
    public static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>Ends the watch as the end of this process would, and waits until everything is removed.</summary>
    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience);
            Assert.Equal(0, _process.ExitCode);
        }
    }
}

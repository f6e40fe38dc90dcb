using System.Diagnostics;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>Removes all containers of a run when this process ends in whatever way, SIGKILL included: a shell that waits
/// for the end of its input, which the kernel closes with us.</summary>
internal sealed class Reaper : IAsyncDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        cat >/dev/null
        ids=$(docker ps --all --quiet --filter "label=$1")
        [ -z "$ids" ] || docker rm --force --volumes $ids >/dev/null
        """;

    private readonly Process _shell;

    /// <summary>Watches over the containers with this label.</summary>
    public Reaper(string run) =>
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "reaper", $"{ContainerSpec.RunLabel}={run}"])
        {
            RedirectStandardInput = true,
        })!;

    /// <summary>Ends the watch as the end of this process would, and waits until everything is removed.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));
        _shell.Dispose();
    }
}

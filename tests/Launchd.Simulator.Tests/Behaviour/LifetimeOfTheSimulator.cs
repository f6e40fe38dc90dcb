using System.Diagnostics;

namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>The simulator comes with the first call and leaves nothing behind.</summary>
public sealed class LifetimeOfTheSimulator : IDisposable
{
    private const string Label = "dev.example.agent";
    private readonly Mac _mac = new();

    [Fact]
    public void Shutdown_ends_every_process()
    {
        const string stubborn = "dev.example.stubborn";
        var ready = Path.Combine(_mac.Home, "ready");
        _mac.Bootstrap(DefineSleep(Label));
        _mac.Bootstrap(_mac.DefineScript(
            stubborn, $"trap '' TERM; echo ready > {ready}; exec sleep 300", ("KeepAlive", "true")));
        _mac.AwaitLines(ready, 1);
        int[] jobs = [_mac.AwaitPid(Label), _mac.AwaitPid(stubborn)];
        var launchd = Processes.Parent(jobs[0]);
        Assert.True(Processes.IsAlive(launchd));

        Assert.Equal(0, _mac.Run("simulator", "shutdown").Exit);

        Assert.All(jobs, job => Assert.False(Processes.IsAlive(job)));
        // Its last lock is free a moment before it is gone.
        Mac.AwaitEnd(launchd);
    }

    [Fact]
    public void No_job_is_loaded_after_a_shutdown()
    {
        _mac.Bootstrap(DefineSleep(Label));

        Assert.Equal(0, _mac.Run("simulator", "shutdown").Exit);

        Assert.False(_mac.IsLoaded(Label));
    }

    [Fact]
    public void Shutdown_succeeds_when_the_simulator_is_not_running() =>
        Assert.Equal(0, _mac.Run("simulator", "shutdown").Exit);

    [Fact]
    public void Deletion_of_its_folder_ends_the_simulator_and_its_jobs()
    {
        _mac.Bootstrap(DefineSleep(Label));
        var job = _mac.AwaitPid(Label);
        var launchd = Processes.Parent(job);

        // In one step: launchd must not end its jobs, and note that, in a folder that is half deleted.
        var deleted = _mac.Simulator.State + ".deleted";
        Directory.Move(_mac.Simulator.State, deleted);
        Directory.Delete(deleted, recursive: true);

        Mac.AwaitEnd(job);
        Mac.AwaitEnd(launchd);
        Directory.CreateDirectory(_mac.Simulator.State);
    }

    [Fact]
    public void Simultaneous_first_clients_share_one_simulated_launchd()
    {
        string[] labels = ["dev.example.a", "dev.example.b", "dev.example.c", "dev.example.d"];
        var clients = labels.Select(DefineSleep).Select(path =>
        {
            var start = new ProcessStartInfo(_mac.Simulator.Launchctl, ["bootstrap", _mac.Domain, path]);
            foreach (var (name, value) in _mac.Simulator.Environment)
                start.Environment[name] = value;
            return Process.Start(start)!;
        }).ToArray();

        foreach (var client in clients)
        {
            using (client)
            {
                Assert.True(client.WaitForExit(TimeSpan.FromSeconds(20)));
                Assert.Equal(0, client.ExitCode);
            }
        }

        Assert.Single(labels.Select(label => Processes.Parent(_mac.AwaitPid(label))).Distinct());
    }

    [Fact]
    public void Calls_are_recorded_in_the_order_in_which_they_end()
    {
        _mac.Run("managername");
        _mac.Run("bootout", $"{_mac.Domain}/{Label}");

        Assert.Equal(["managername", "bootout"], _mac.Simulator.Calls.Select(call => call.Verb));
        Assert.Equal([0, 3], _mac.Simulator.Calls.Select(call => call.Exit));
        Assert.Equal([$"{_mac.Domain}/{Label}"], _mac.Simulator.Calls[1].Args.AsEnumerable());
        Assert.Equal("Boot-out failed: 3: No such process\n", _mac.Simulator.Calls[1].Stderr);
    }

    [Fact]
    public void Call_without_the_variable_of_the_state_folder_fails_and_names_it()
    {
        using var client = Process.Start(new ProcessStartInfo(_mac.Simulator.Launchctl, ["managername"])
        {
            RedirectStandardError = true,
            Environment = { ["LAUNCHD_SIMULATOR_STATE"] = null },
        })!;
        Assert.Contains("LAUNCHD_SIMULATOR_STATE", client.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.True(client.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal(70, client.ExitCode);
    }

    public void Dispose() => _mac.Dispose();

    private string DefineSleep(string label) => _mac.DefineScript(label, "exec sleep 300", ("RunAtLoad", "true"));
}

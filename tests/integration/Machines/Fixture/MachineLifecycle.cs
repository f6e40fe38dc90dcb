using Hermes.Gateway.Machines.Tests.Engines;
using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Fixture;

/// <summary>Restart, power cut and removal of machines.</summary>
public sealed class MachineLifecycle(MachineFixture fixture) : MachineTests(fixture)
{
    private const string Unit = """
        [Service]
        ExecStart=/bin/sh -c 'echo this is $$(cat /proc/sys/kernel/random/boot_id); exec sleep infinity'
        ExecStop=/bin/sh -c 'echo stopped >> /var/lib/ends'
        [Install]
        WantedBy=multi-user.target
        """;

    [Fact]
    public async Task Restart_stops_the_units_and_a_power_cut_does_not()
    {
        await using var machine = await Fixture.StartAnotherAsync();
        await machine.WriteAsync("/etc/systemd/system/ends.service", Unit);
        await machine.RunAsync("systemctl", "enable", "--now", "ends.service");
        var boots = new List<string> { await BootAsync(machine) };

        await machine.RestartAsync();
        boots.Add(await BootAsync(machine));
        Assert.Equal("stopped", await machine.RunAsync("cat", "/var/lib/ends"));

        await machine.CutPowerAsync();
        boots.Add(await BootAsync(machine));
        Assert.Equal("stopped", await machine.RunAsync("cat", "/var/lib/ends"));

        Assert.Equal(3, boots.Distinct().Count());
    }

    [Fact]
    public async Task Disposed_machine_is_removed()
    {
        var machine = await Fixture.StartAnotherAsync();
        Assert.Contains(machine.Id, await Engine.FindAsync(Fixture.Run));

        await machine.DisposeAsync();

        Assert.Equal([Machine.Id], await Engine.FindAsync(Fixture.Run));
    }

    [Fact]
    public async Task Machines_of_a_killed_test_run_are_removed()
    {
        var run = $"killed-{Guid.NewGuid():N}";
        using var process = Reaper.Start(
            Reaper.Muxer, typeof(Reaper).Assembly.Location, Program.Hold, run, MachineFixture.Image);
        try
        {
            var id = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            Assert.Equal([id!], await Engine.FindAsync(run));

            process.Kill();

            await SystemdHost.AwaitAsync("no container of that run is left", async () => (await Engine.FindAsync(run)).Count == 0);
            // Machines of other test runs are not removed.
            Assert.Contains(Machine.Id, await Engine.FindAsync(Fixture.Run));
        }
        finally
        {
            process.Kill();
            foreach (var id in await Engine.FindAsync(run)) await Engine.RemoveAsync(id);
        }
    }

    [Fact]
    public async Task Disposed_reaper_has_removed_all_machines_of_its_run()
    {
        var run = $"ended-{Guid.NewGuid():N}";
        var spec = new ContainerSpec(MachineFixture.Image, run, new Dictionary<string, string>());
        var reaper = await Reaper.StartAsync(run);
        await Engine.StartAsync(spec);
        Assert.Single(await Engine.FindAsync(run));

        await reaper.DisposeAsync();

        Assert.Empty(await Engine.FindAsync(run));
    }

    // Returns the boot id. Also asserts that the journal of this boot has no lines of another boot.
    private static async Task<string> BootAsync(SystemdHost machine)
    {
        var boot = await machine.RunAsync("cat", "/proc/sys/kernel/random/boot_id");
        await SystemdHost.AwaitAsync("the unit logged", async () => (await LinesAsync()).Length > 0);
        Assert.Equal([$"this is {boot}"], await LinesAsync());
        return boot;

        async Task<string[]> LinesAsync() => [.. (await machine.ReadJournalAsync("ends.service")).Split('\n')
            .Where(line => line.StartsWith("this is ", StringComparison.Ordinal))];
    }
}

using Hermes.Gateway.Machines.Tests.Engines;
using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Fixture;

/// <summary>Machines end as they are told to, and nothing of them stays.</summary>
public sealed class TheMachinesLife(MachineFixture fixture) : MachineTests(fixture)
{
    private const string Unit = """
        [Service]
        ExecStart=/bin/sh -c 'echo this is $$(cat /proc/sys/kernel/random/boot_id); exec sleep infinity'
        ExecStop=/bin/sh -c 'echo polite >> /var/lib/ends'
        [Install]
        WantedBy=multi-user.target
        """;

    [Fact]
    public async Task A_restart_is_polite_and_a_power_cut_is_not()
    {
        await using var machine = await Fixture.StartAnotherAsync();
        await machine.WriteAsync("/etc/systemd/system/ends.service", Unit);
        await machine.RunAsync("systemctl", "enable", "--now", "ends.service");
        var boots = new List<string> { await BootAsync(machine) };

        await machine.RestartAsync();
        boots.Add(await BootAsync(machine));
        Assert.Equal("polite", await machine.RunAsync("cat", "/var/lib/ends"));

        await machine.CutPowerAsync();
        boots.Add(await BootAsync(machine));
        Assert.Equal("polite", await machine.RunAsync("cat", "/var/lib/ends"));

        Assert.Equal(3, boots.Distinct().Count());
    }

    [Fact]
    public async Task Disposing_removes_the_machine()
    {
        var machine = await Fixture.StartAnotherAsync();
        Assert.Contains(machine.Id, await Engine.FindAsync(Fixture.Run));

        await machine.DisposeAsync();

        Assert.Equal([Machine.Id], await Engine.FindAsync(Fixture.Run));
    }

    [Fact]
    public async Task A_killed_run_leaves_no_machine()
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
            // Those of other runs are.
            Assert.Contains(Machine.Id, await Engine.FindAsync(Fixture.Run));
        }
        finally
        {
            process.Kill();
            foreach (var id in await Engine.FindAsync(run)) await Engine.RemoveAsync(id);
        }
    }

    [Fact]
    public async Task The_end_of_the_watch_removes_what_is_left_and_waits_for_it()
    {
        var run = $"ended-{Guid.NewGuid():N}";
        var spec = new ContainerSpec(MachineFixture.Image, run, new Dictionary<string, string>());
        var reaper = await Reaper.StartAsync(run);
        await Engine.StartAsync(spec);
        Assert.Single(await Engine.FindAsync(run));

        await reaper.DisposeAsync();

        Assert.Empty(await Engine.FindAsync(run));
    }

    // Asserts, too, that the journal of this boot has nothing of another one.
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

using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>Unit files of somebody else that stand in the way of ours: each is named, none is overwritten, and when it
/// is out of the way, all is well.</summary>
public sealed class UnitsInTheWay(MachineFixture fixture) : MachineTests(fixture)
{
    private const string Text = "[Service]\nExecStart=/bin/sleep 99999\n[Install]\nWantedBy=default.target\n";

    [Fact]
    public async Task Masks_stronger_units_and_links_are_named_and_left_alone_until_the_operator_removes_them()
    {
        await using var services = new SleepServices(Machine, "way");
        await services.WriteAsync(Obstacle.All.Select(obstacle => (obstacle.Name, "")));
        await Machine.WriteAsync("/srv/way/unit", Text);
        foreach (var obstacle in Obstacle.All)
            await Machine.ShellAsync($"""
                unit=way-{obstacle.Name}.service
                install -D --mode=644 /srv/way/unit /srv/way/{obstacle.Name}/$unit
                cd /srv/way/{obstacle.Name}
                {obstacle.Set}
                """);
        await Machine.RunAsync("systemctl", "daemon-reload");
        var before = await services.ReadUnitsAsync();

        var refused = (await RootProject.RunAsync("msbuild", "DeployGateway", services.Arguments))
            .FailedWith("HGW2008", "HGW3003", "HGW3004");

        Assert.Equal(before, await services.ReadUnitsAsync());
        foreach (var obstacle in Obstacle.All)
        {
            var name = $"way-{obstacle.Name}";
            Assert.Equal([obstacle.Code], refused.Of(name).Codes("error"));
            var told = refused.Of(name).Told(obstacle.Code);
            Assert.Contains($"{obstacle.Folder}/{name}.service", told.Message, StringComparison.Ordinal);
            Assert.Contains(obstacle.Says, told.Message, StringComparison.Ordinal);
            var pasted = await Machine.ShellAsync(told.Advice);
            // A look shows what was named; what is whose is the operator's to decide.
            if (obstacle.Remove is not { } remove) continue;
            Assert.Contains(obstacle.Shows, pasted, StringComparison.Ordinal);
            Assert.Equal($"systemctl --system cat {name}.service", told.Advice);
            await Machine.ShellAsync($"unit={name}.service; {remove}");
        }

        var deployed = (await RootProject.RunAsync("msbuild", "DeployGateway", services.Arguments)).Succeeded();
        foreach (var obstacle in Obstacle.All)
            await services.Of(obstacle.Name).AssertUpAsync(deployed.Of($"way-{obstacle.Name}").ProcessId);
    }

    [Fact]
    public async Task A_unit_of_the_same_name_in_the_other_scope_is_named_and_both_run()
    {
        var user = await Machine.AddUserAsync("twin", lingers: true);
        await using var own = new SleepService(Machine, user, "twin", isUserUnit: true);
        await using var system = new SleepService(Machine, Login.Root, "twin", isUserUnit: false);
        await Machine.WriteAsync(system.UnitPath, Text);
        (await system.SystemctlAsync("start", system.Unit)).Succeeded();

        var deployed = (await RootProject.As(user).RunAsync("DeployGateway", own.Properties)).Succeeded();
        Assert.Equal(["HGW3015"], deployed.Warnings);
        var told = deployed.Service.Told("HGW3015");
        Assert.Contains(system.UnitPath, told.Message, StringComparison.Ordinal);
        Assert.Contains($"# {system.UnitPath}", await Machine.ShellAsync(told.Advice), StringComparison.Ordinal);
        await own.AssertUpAsync(deployed.Service.ProcessId);
        Assert.True(await system.IsActiveAsync());

        // And the other way round; the user is not logged in, but lingers.
        await system.DisposeAsync();
        var above = (await RootProject.RunAsync("DeployGateway", system.Properties)).Succeeded();
        Assert.Equal(["HGW3015"], above.Warnings);
        Assert.Contains(own.UnitPath, above.Service.Told("HGW3015").Message, StringComparison.Ordinal);
        await system.AssertUpAsync(above.Service.ProcessId);
        await own.AssertUpAsync(deployed.Service.ProcessId);
    }

    [Fact]
    public async Task A_stronger_unit_and_a_mask_in_a_users_own_folders_are_named_and_left_alone()
    {
        var user = await Machine.AddUserAsync("shade", lingers: true);
        await using var service = new SleepService(Machine, user, "shade", isUserUnit: true);
        var stronger = $"{user.Home}/.config/systemd/user.control/shade.service";
        await Machine.WriteAsync(stronger, Text, user.Name);
        (await service.SystemctlAsync("daemon-reload")).Succeeded();

        var refused = (await RootProject.As(user).RunAsync("DeployGateway", service.Properties)).FailedWith("HGW3004");
        Assert.Contains(stronger, refused.Service.Told("HGW3004").Message, StringComparison.Ordinal);
        Assert.Equal(Text.TrimEnd(), await Machine.RunAsync("cat", stronger));
        Assert.NotEqual(0, (await Machine.ExecAsync(Login.Root, "test", "-e", service.UnitPath)).ExitCode);

        await Machine.RunAsync("rm", stronger);
        (await service.SystemctlAsync("mask", service.Unit)).Succeeded();
        var masked = (await RootProject.As(user).RunAsync("DeployGateway", service.Properties)).FailedWith("HGW3003");
        Assert.Contains($"{service.UnitPath} (a link to /dev/null)", masked.Service.Told("HGW3003").Message, StringComparison.Ordinal);
        Assert.Equal("/dev/null", await Machine.RunAsync("readlink", service.UnitPath));
        (await Machine.ExecAsync(user, "/bin/sh", "-c", masked.Service.Told("HGW3003").Advice)).Succeeded();

        var deployed = (await RootProject.As(user).RunAsync("DeployGateway", service.Properties)).Succeeded();
        await service.AssertUpAsync(deployed.Service.ProcessId);
    }

    /// <summary>Something in the way of a service.</summary>
    /// <param name="Name">The end of the service's name.</param>
    /// <param name="Set">Puts it there, from <c>$unit</c>, a unit file in the working folder.</param>
    /// <param name="Folder">Where it then is.</param>
    /// <param name="Code">What a deploy says.</param>
    /// <param name="Says">What the message contains.</param>
    /// <param name="Remove">How the operator removes it after the look that is advised; null when the advice does that.</param>
    /// <param name="Shows">What the look shows.</param>
    private sealed record Obstacle(
        string Name, string Set, string Folder, string Code, string Says, string? Remove = null, string Shows = "")
    {
        public static IReadOnlyList<Obstacle> All { get; } =
        [
            new("masked", "systemctl mask $unit", "/etc/systemd/system", "HGW3003", "(a link to /dev/null)"),
            new("masked-now", "systemctl mask --runtime $unit", "/run/systemd/system", "HGW3003", "(a link to /dev/null)"),
            Stronger("stronger", "/etc/systemd/system.control"),
            Stronger("stronger-now", "/run/systemd/transient"),
            new("moved", "systemctl link $PWD/$unit; mv $unit gone", "/etc/systemd/system", "HGW2008",
                "a link to /srv/way/moved/way-moved.service, which is gone"),
            new("linked", "systemctl link $PWD/$unit", "/etc/systemd/system", "HGW2008",
                "a link to /srv/way/linked/way-linked.service; it is managed by something else", "systemctl disable $unit",
                "ExecStart=/bin/sleep 99999"),
        ];

        private static Obstacle Stronger(string name, string folder) => new(
            name, $"mkdir -p {folder}; cp $unit {folder}/$unit", folder, "HGW3004",
            "takes precedence over /etc/systemd/system/", $"rm {folder}/$unit; systemctl daemon-reload",
            $"# {folder}/way-{name}.service");
    }
}

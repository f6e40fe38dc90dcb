using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Scenarios;

/// <summary>Masks, links and unit files of higher precedence, which prevent a deploy. Each is reported and not changed; after the
/// operator has removed them, the deploy succeeds.</summary>
public sealed class ConflictingUnits(MachineFixture fixture) : MachineTests(fixture)
{
    private const string Text = "[Service]\nExecStart=/bin/sleep 99999\n[Install]\nWantedBy=default.target\n";

    [Fact]
    public async Task Masks_links_and_units_of_higher_precedence_are_refused_until_the_operator_removes_them()
    {
        await using var services = new SleepServices(Machine, "way");
        await services.WriteAsync(Conflict.All.Select(conflict => (conflict.Name, "")));
        await Machine.WriteAsync("/srv/way/unit", Text);
        foreach (var conflict in Conflict.All)
            await Machine.ShellAsync($"""
                unit=way-{conflict.Name}.service
                install -D --mode=644 /srv/way/unit /srv/way/{conflict.Name}/$unit
                cd /srv/way/{conflict.Name}
                {conflict.Create}
                """);
        await Machine.RunAsync("systemctl", "daemon-reload");
        var before = await services.ReadUnitsAsync();

        var refused = (await RootProject.RunAsync("msbuild", "DeployGateway", services.Arguments))
            .FailedWith("HGW2008", "HGW3003", "HGW3004");

        Assert.Equal(before, await services.ReadUnitsAsync());
        foreach (var conflict in Conflict.All)
        {
            var name = $"way-{conflict.Name}";
            Assert.Equal([conflict.Code], refused.Of(name).Codes("error"));
            var finding = refused.Of(name).SingleFinding(conflict.Code);
            Assert.Contains($"{conflict.Folder}/{name}.service", finding.Message, StringComparison.Ordinal);
            Assert.Contains(conflict.Message, finding.Message, StringComparison.Ordinal);
            var output = await Machine.ShellAsync(finding.Advice);
            // The advice shows the conflicting unit; the operator decides whether to remove it.
            if (conflict.Remove is not { } remove) continue;
            Assert.Contains(conflict.Shown, output, StringComparison.Ordinal);
            Assert.Equal($"systemctl --system cat {name}.service", finding.Advice);
            await Machine.ShellAsync($"unit={name}.service; {remove}");
        }

        var deployed = (await RootProject.RunAsync("msbuild", "DeployGateway", services.Arguments)).Succeeded();
        foreach (var conflict in Conflict.All)
            await services.Of(conflict.Name).AssertUpAsync(deployed.Of($"way-{conflict.Name}").ProcessId);
    }

    [Fact]
    public async Task Unit_of_the_same_name_in_the_other_scope_is_a_warning_and_both_run()
    {
        var user = await Machine.AddUserAsync("twin", lingers: true);
        await using var own = new SleepService(Machine, user, "twin", isUserUnit: true);
        await using var system = new SleepService(Machine, Login.Root, "twin", isUserUnit: false);
        await Machine.WriteAsync(system.UnitPath, Text);
        (await system.SystemctlAsync("start", system.Unit)).Succeeded();

        var deployed = (await RootProject.As(user).RunAsync("DeployGateway", own.Properties)).Succeeded();
        Assert.Equal(["HGW3015"], deployed.Warnings);
        var finding = deployed.Service.SingleFinding("HGW3015");
        Assert.Contains(system.UnitPath, finding.Message, StringComparison.Ordinal);
        Assert.Contains($"# {system.UnitPath}", await Machine.ShellAsync(finding.Advice), StringComparison.Ordinal);
        await own.AssertUpAsync(deployed.Service.ProcessId);
        Assert.True(await system.IsActiveAsync());

        // The same from system scope; the user has no session, but lingers.
        await system.DisposeAsync();
        var above = (await RootProject.RunAsync("DeployGateway", system.Properties)).Succeeded();
        Assert.Equal(["HGW3015"], above.Warnings);
        Assert.Contains(own.UnitPath, above.Service.SingleFinding("HGW3015").Message, StringComparison.Ordinal);
        await system.AssertUpAsync(above.Service.ProcessId);
        await own.AssertUpAsync(deployed.Service.ProcessId);
    }

    [Fact]
    public async Task Mask_and_unit_of_higher_precedence_in_the_folders_of_a_user_are_refused_and_kept()
    {
        var user = await Machine.AddUserAsync("shade", lingers: true);
        await using var service = new SleepService(Machine, user, "shade", isUserUnit: true);
        var stronger = $"{user.Home}/.config/systemd/user.control/shade.service";
        await Machine.WriteAsync(stronger, Text, user.Name);
        (await service.SystemctlAsync("daemon-reload")).Succeeded();

        var refused = (await RootProject.As(user).RunAsync("DeployGateway", service.Properties)).FailedWith("HGW3004");
        Assert.Contains(stronger, refused.Service.SingleFinding("HGW3004").Message, StringComparison.Ordinal);
        Assert.Equal(Text.TrimEnd(), await Machine.RunAsync("cat", stronger));
        Assert.NotEqual(0, (await Machine.ExecAsync(Login.Root, "test", "-e", service.UnitPath)).ExitCode);

        await Machine.RunAsync("rm", stronger);
        (await service.SystemctlAsync("mask", service.Unit)).Succeeded();
        var masked = (await RootProject.As(user).RunAsync("DeployGateway", service.Properties)).FailedWith("HGW3003");
        Assert.Contains($"{service.UnitPath} (a link to /dev/null)", masked.Service.SingleFinding("HGW3003").Message, StringComparison.Ordinal);
        Assert.Equal("/dev/null", await Machine.RunAsync("readlink", service.UnitPath));
        (await Machine.ExecAsync(user, "/bin/sh", "-c", masked.Service.SingleFinding("HGW3003").Advice)).Succeeded();

        var deployed = (await RootProject.As(user).RunAsync("DeployGateway", service.Properties)).Succeeded();
        await service.AssertUpAsync(deployed.Service.ProcessId);
    }

    /// <summary>A unit that conflicts with a service.</summary>
    /// <param name="Name">The last part of the name of the service.</param>
    /// <param name="Create">The script that creates it from <c>$unit</c>, a unit file in the working folder.</param>
    /// <param name="Folder">The folder in which it is created.</param>
    /// <param name="Code">The diagnostic code of a deploy.</param>
    /// <param name="Message">A part of the message.</param>
    /// <param name="Remove">The script that removes it; null if the advice does.</param>
    /// <param name="Shown">A part of the output of the advised command.</param>
    private sealed record Conflict(
        string Name, string Create, string Folder, string Code, string Message, string? Remove = null, string Shown = "")
    {
        public static IReadOnlyList<Conflict> All { get; } =
        [
            new("masked", "systemctl mask $unit", "/etc/systemd/system", "HGW3003", "(a link to /dev/null)"),
            new("masked-now", "systemctl mask --runtime $unit", "/run/systemd/system", "HGW3003", "(a link to /dev/null)"),
            OfHigherPrecedence("stronger", "/etc/systemd/system.control"),
            OfHigherPrecedence("stronger-now", "/run/systemd/transient"),
            new("moved", "systemctl link $PWD/$unit; mv $unit gone", "/etc/systemd/system", "HGW2008",
                "a link to /srv/way/moved/way-moved.service, which is gone"),
            new("linked", "systemctl link $PWD/$unit", "/etc/systemd/system", "HGW2008",
                "a link to /srv/way/linked/way-linked.service; it is managed by something else", "systemctl disable $unit",
                "ExecStart=/bin/sleep 99999"),
        ];

        private static Conflict OfHigherPrecedence(string name, string folder) => new(
            name, $"mkdir -p {folder}; cp $unit {folder}/$unit", folder, "HGW3004",
            "takes precedence over /etc/systemd/system/", $"rm {folder}/$unit; systemctl daemon-reload",
            $"# {folder}/way-{name}.service");
    }
}

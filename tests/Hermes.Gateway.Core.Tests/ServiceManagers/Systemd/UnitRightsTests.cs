using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public sealed class UnitRightsTests : IDisposable
{
    private static readonly DesiredService Wanted =
        Sample.Desired(Sample.Definition() with { Scope = ServiceScope.System, User = "daemon" });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DynamicUser=yes", true)]
    [InlineData("User=other", true)]
    [InlineData("SupplementaryGroups = ops", true)]
    [InlineData("AmbientCapabilities=CAP_DAC_OVERRIDE", true)]
    [InlineData("BindReadOnlyPaths=/root/app:/opt/app", true)]
    [InlineData("RootDirectory=/srv", true)]
    [InlineData("ExecStartPre=+/bin/chmod o+x /root", true)]
    [InlineData("Nice=5", false)]
    [InlineData("#User=other", false)]
    [InlineData("Environment=User=other", false)]
    public void They_are_others_by_what_an_operator_says_in_a_drop_in_or_in_the_unit(string directive, bool expected)
    {
        var dropIn = _folder.At("operator.conf");
        File.WriteAllText(dropIn, $"[Service]\n{directive}\n");
        Assert.Equal(expected, UnitRights.AreOthers(Seen.Installed(InstalledKind.Missing), [dropIn]));

        // Its own User= is not the operator's.
        var unit = SystemdUnit.Render(Wanted, null);
        Assert.False(UnitRights.AreOthers(Seen.Installed(unit, Wanted), []));
        if (directive is not "User=other")
            Assert.Equal(expected, UnitRights.AreOthers(Seen.Installed($"{unit}[Service]\n{directive}\n", Wanted), []));
    }

    [Fact]
    public void A_drop_in_that_cannot_be_read_may_say_anything() =>
        Assert.True(UnitRights.AreOthers(Seen.Installed(InstalledKind.Missing), [_folder.At("missing.conf")]));

    [Fact]
    public void Drop_ins_of_a_unit_that_is_not_held_are_found_where_the_manager_looks()
    {
        foreach (var name in new[] { "a/my.service.d", "b/service.d", "b/other.service.d" }) Directory.CreateDirectory(_folder.At(name));
        string[] expected = [_folder.At("a/my.service.d/1.conf"), _folder.At("b/service.d/2.conf")];
        foreach (var file in expected.Append(_folder.At("a/my.service.d/note")).Append(_folder.At("b/other.service.d/3.conf")))
            File.WriteAllText(file, "");

        Assert.Equal(expected, UnitRights.DropInsOf("my.service", [_folder.At("a"), _folder.At("b"), _folder.At("nowhere")]));
    }
}

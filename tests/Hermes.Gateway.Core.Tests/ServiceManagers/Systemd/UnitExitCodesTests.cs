using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public class UnitExitCodesTests
{
    private static readonly DesiredService Wanted =
        Sample.Desired(Sample.Definition() with { RestartExitCodes = [75, 3], ParkExitCodes = [78] });

    [Fact]
    public void Codes_become_the_directives_of_systemd()
    {
        var lines = SystemdUnit.Render(Wanted, null).Split('\n');

        Assert.Contains("RestartForceExitStatus=3 75", lines);
        Assert.Contains("SuccessExitStatus=3 75", lines);
        Assert.Contains("RestartPreventExitStatus=78", lines);
    }

    [Fact]
    public void Without_codes_the_directives_are_the_operators()
    {
        var wanted = Sample.Desired();
        var text = SystemdUnit.Render(wanted, SystemdUnit.Render(wanted, null) + "\n[Service]\nSuccessExitStatus=143\n");

        Assert.Contains("SuccessExitStatus=143", text.Split('\n'));
        Assert.Equal(wanted.Keys, SystemdUnit.Understand(text, wanted.Keys)!.Keys);
    }

    [Fact]
    public void Codes_that_are_no_longer_wanted_go()
    {
        var wanted = Sample.Desired();
        var text = SystemdUnit.Render(Wanted, null);

        Assert.NotEqual(wanted.Keys, SystemdUnit.Understand(text, wanted.Keys)!.Keys);
        Assert.DoesNotContain("ExitStatus=", SystemdUnit.Render(wanted, text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SuccessExitStatus=75 3\n", "3 75")]
    [InlineData("SuccessExitStatus=3\nSuccessExitStatus=75\n", "3 75")]
    [InlineData("SuccessExitStatus=9\nSuccessExitStatus=\nSuccessExitStatus=75\t3 3\n", "3 75")]
    [InlineData("SuccessExitStatus=75\nSuccessExitStatus=SIGKILL 9\n", "9 75 SIGKILL")]
    public void Assignments_add_up_and_their_order_says_nothing(string lines, string meaning) =>
        Assert.Equal(meaning, SystemdUnit.Understand("[Service]\n" + lines, Wanted.Keys)!.Keys["SuccessExitStatus"]);
}

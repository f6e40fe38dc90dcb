using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations.Many;

/// <summary>What is as wanted is not kept a second time: of a thousand services it would be the most of all memory.</summary>
public class KeptOnceTests
{
    [Fact]
    public void The_keys_of_a_file_that_is_as_wanted_are_those_that_are_wanted()
    {
        var desired = Sample.Desired();

        var content = SystemdUnit.Understand(SystemdUnit.Render(desired, null), desired.Keys)!;

        Assert.Same(desired.Keys, content.Keys);
        Assert.All(content.Variables, variable => Assert.Contains(
            variable.Value, (string[])[desired.Definition.Source, desired.Stamp.ToString(), "fast"]));
    }

    [Fact]
    public void The_keys_of_any_other_file_are_its_own()
    {
        var desired = Sample.Desired();
        var text = SystemdUnit.Render(desired, null);

        var other = SystemdUnit.Understand(text.Replace("fast", "slow", StringComparison.Ordinal), desired.Keys)!;
        var less = SystemdUnit.Understand(text.Replace("Restart=on-failure\n", "", StringComparison.Ordinal), desired.Keys)!;

        Assert.Equal(("slow", "fast"), (other.Keys["Environment[MODE]"], desired.Keys["Environment[MODE]"]));
        Assert.False(less.Keys.ContainsKey("Restart"));
    }
}

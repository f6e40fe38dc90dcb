using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations.ManyServices;

/// <summary>The keys of a current file are not kept a second time: for a thousand services they would take most of the
/// memory.</summary>
public class KeysOfAnInstalledFile
{
    [Fact]
    public void Current_file_reuses_the_key_dictionary_of_the_desired_definition()
    {
        var desired = Sample.Desired();

        var content = SystemdUnit.Understand(SystemdUnit.Render(desired, null), desired.Keys)!;

        Assert.Same(desired.Keys, content.Keys);
        Assert.All(content.Variables, variable => Assert.Contains(
            variable.Value, (string[])[desired.Definition.Source, desired.Stamp.ToString(), "fast"]));
    }

    [Fact]
    public void Changed_file_has_a_key_dictionary_of_its_own()
    {
        var desired = Sample.Desired();
        var text = SystemdUnit.Render(desired, null);

        var other = SystemdUnit.Understand(text.Replace("fast", "slow", StringComparison.Ordinal), desired.Keys)!;
        var less = SystemdUnit.Understand(text.Replace("Restart=on-failure\n", "", StringComparison.Ordinal), desired.Keys)!;

        Assert.Equal(("slow", "fast"), (other.Keys["Environment[MODE]"], desired.Keys["Environment[MODE]"]));
        Assert.False(less.Keys.ContainsKey("Restart"));
    }
}

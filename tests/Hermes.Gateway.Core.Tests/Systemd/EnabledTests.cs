using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Systemd;

/// <summary>Whether a unit starts by itself, from what the manager tells and the link on disk.</summary>
public sealed class EnabledTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("enabled", "no", false, true, Answer.Yes)]
    [InlineData("enabled", "no", true, true, Answer.Yes)]
    [InlineData("disabled", "no", false, true, Answer.No)]
    [InlineData("disabled", "yes", true, true, Answer.Yes)]
    [InlineData("", "no", true, false, Answer.Yes)]
    [InlineData(null, "no", false, true, Answer.Unknown)]
    // What the manager tells is of before its last reload: then only a link proves it.
    [InlineData("enabled", "yes", true, true, Answer.Yes)]
    [InlineData("enabled", "yes", false, true, Answer.Unknown)]
    [InlineData("enabled", "yes", false, false, Answer.No)]
    public void A_link_on_disk_is_stronger_than_what_the_manager_remembers(
        string? told, string needsReload, bool isLinked, bool isThere, Answer expected)
    {
        var host = Sample.Host(_folder.At("."));
        var desired = Sample.Systemd(host).Describe(Sample.Definition("my-gateway"));
        var folder = Path.GetDirectoryName(desired.DefinitionPath)!;
        Directory.CreateDirectory(Path.Combine(folder, "default.target.wants"));
        if (isThere) File.WriteAllText(desired.DefinitionPath, "[Service]\n");
        if (isLinked)
            File.CreateSymbolicLink(Path.Combine(folder, "default.target.wants", desired.Definition.UnitName), desired.DefinitionPath);
        var shown = ImmutableDictionary<string, string>.Empty.Add("NeedDaemonReload", needsReload).Add("LoadState", "loaded");
        if (told is not null) shown = shown.Add("UnitFileState", told);
        var systemctl = new SystemctlClient(
            host, new FakeRunner(), ServiceScope.User, "/usr/bin/systemctl", new UserManager(host, TimeProvider.System));

        var seen = new SystemdObserver(systemctl, host, TimeProvider.System).Observe(desired, shown, []);

        Assert.Equal(expected, seen.Enabled);
    }
}

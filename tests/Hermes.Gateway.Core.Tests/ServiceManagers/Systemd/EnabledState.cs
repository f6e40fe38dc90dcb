using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public sealed class EnabledState : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("enabled", Link.Own, Answer.Yes)]
    [InlineData("enabled", Link.ForAllUsers, Answer.Yes)]
    [InlineData("enabled-runtime", Link.UntilTheNextBoot, Answer.Yes)]
    // The state is that of the last reload: the link is gone.
    [InlineData("enabled", Link.None, Answer.No)]
    [InlineData("disabled", Link.None, Answer.No)]
    [InlineData("disabled", Link.Own, Answer.Yes)]
    [InlineData("", Link.Own, Answer.Yes)]
    [InlineData(null, Link.None, Answer.Unknown)]
    public void Comes_from_the_link_on_disk_rather_than_the_managers_memory(string? shownState, Link link, Answer expected)
    {
        var host = (Sample.Host(_folder.At(".")) with { RuntimeDirectory = _folder.At("run") })
            .WithFacts(new SystemdHost { UserUnitFolders = [_folder.At("etc")] });
        var desired = Sample.Systemd(host).Describe(Sample.Definition("my-gateway"));
        if (FolderOf(link, desired.DefinitionPath) is { } folder)
        {
            var wants = Directory.CreateDirectory(Path.Combine(folder, "default.target.wants")).FullName;
            File.CreateSymbolicLink(Path.Combine(wants, desired.Definition.UnitName), desired.DefinitionPath);
        }

        var shown = new Dictionary<string, string> { ["LoadState"] = "loaded" };
        if (shownState is not null) shown["UnitFileState"] = shownState;
        var systemctl = new SystemctlClient(
            host, new FakeRunner(), ServiceScope.User, "/usr/bin/systemctl", new UserManager(host));

        var seen = new SystemdObserver(systemctl, host, TimeProvider.System).Observe(desired, new UnitProperties(shown), []);

        Assert.Equal(expected, seen.Enabled);
    }

    public enum Link
    {
        None,
        Own,
        ForAllUsers,
        UntilTheNextBoot,
    }

    private string? FolderOf(Link link, string definition) => link switch
    {
        Link.Own => Path.GetDirectoryName(definition),
        Link.ForAllUsers => _folder.At("etc"),
        Link.UntilTheNextBoot => Path.Combine(_folder.At("run"), "systemd", "user"),
        _ => null,
    };
}

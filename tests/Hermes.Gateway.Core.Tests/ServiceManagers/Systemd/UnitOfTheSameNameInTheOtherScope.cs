using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public sealed class UnitOfTheSameNameInTheOtherScope : IDisposable
{
    private const string Unit = "my.service";

    private readonly TemporaryFolder _folder = new();
    private readonly HostContext _host;
    private readonly OtherScopeUnits _units;

    public UnitOfTheSameNameInTheOtherScope()
    {
        _host = (Sample.Host(_folder.At("home")) with { InvokingUser = "me" }).WithFacts(new SystemdHost
        {
            SystemUnitFolders = [_folder.At("etc/system"), _folder.At("usr/system")],
            UserUnitFolders = [_folder.At("etc/user"), _folder.At("usr/user")],
            LingerFolder = _folder.At("linger"),
        });
        _units = new OtherScopeUnits(_host, user => user == "ghost" ? null : _folder.At(user));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_not_reported_when_there_is_none()
    {
        Assert.Null(_units.Find(Unit, ServiceScope.User));
        Assert.Null(_units.Find(Unit, ServiceScope.System));
    }

    [Fact]
    public void Is_reported_for_a_users_service_with_the_command_that_shows_it()
    {
        var file = Place("usr/system");

        var finding = _units.Find(Unit, ServiceScope.User)!;

        Assert.Equal(("HGW3015", Severity.Warning), (finding.Code, finding.Severity));
        Assert.Contains(file, finding.Message, StringComparison.Ordinal);
        Assert.Equal($"systemctl --system cat {Unit}", finding.Advice);
        Assert.Null(_units.Find(Unit, ServiceScope.System));
    }

    [Theory]
    [InlineData("etc/user")]
    [InlineData("home/config/systemd/user")]
    [InlineData("me/.config/systemd/user")]
    [InlineData("root/.config/systemd/user")]
    [InlineData("lingerer/.config/systemd/user")]
    public void Is_reported_for_a_systems_service_in_every_folder_of_a_user_whose_manager_may_run(string folder)
    {
        Directory.CreateDirectory(_host.Systemd.LingerFolder);
        foreach (var name in new[] { "lingerer", "ghost" }) File.WriteAllText(Path.Combine(_host.Systemd.LingerFolder, name), "");
        var file = Place(folder);

        var finding = _units.Find(Unit, ServiceScope.System)!;

        Assert.Contains($": {file}. ", finding.Message, StringComparison.Ordinal);
        Assert.Equal($"cat {file}", finding.Advice);
        Assert.Null(_units.Find(Unit, ServiceScope.User));
    }

    [Fact]
    public void Is_reported_once_with_all_files()
    {
        string[] files = [Place("etc/user"), Place("me/.config/systemd/user")];

        Assert.Contains(string.Join(", ", files), _units.Find(Unit, ServiceScope.System)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_not_reported_in_the_home_of_a_user_without_linger()
    {
        Place("other/.config/systemd/user");

        Assert.Null(_units.Find(Unit, ServiceScope.System));
    }

    [Fact]
    public void Is_not_reported_for_a_link_that_only_enables_a_unit()
    {
        Directory.CreateDirectory(_folder.At("etc/system/default.target.wants"));
        File.CreateSymbolicLink(_folder.At($"etc/system/default.target.wants/{Unit}"), Place("elsewhere"));

        Assert.Null(_units.Find(Unit, ServiceScope.User));
    }

    [Fact]
    public void Is_not_reported_when_it_is_a_mask_or_masked()
    {
        Place("usr/system");
        var mask = Place("etc/system", "");
        Assert.Null(_units.Find(Unit, ServiceScope.User));

        File.Delete(mask);
        File.CreateSymbolicLink(mask, "/dev/null");
        Assert.Null(_units.Find(Unit, ServiceScope.User));
        Place("me/.config/systemd/user", "");
        Assert.Null(_units.Find(Unit, ServiceScope.System));
    }

    [Fact]
    public void Is_reported_with_the_real_path_of_its_folder()
    {
        var file = Place("usr/system");
        Directory.CreateDirectory(_folder.At("etc"));
        Directory.CreateSymbolicLink(_folder.At("etc/system"), _folder.At("usr/system"));

        Assert.Contains(file, _units.Find(Unit, ServiceScope.User)!.Message, StringComparison.Ordinal);
    }

    private string Place(string folder, string text = "[Service]\n")
    {
        var file = Path.Combine(Directory.CreateDirectory(_folder.At(folder)).FullName, Unit);
        File.WriteAllText(file, text);
        return file;
    }
}

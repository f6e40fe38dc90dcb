using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public sealed class SameNameTests : IDisposable
{
    private const string Unit = "my.service";

    private readonly TemporaryFolder _folder = new();
    private readonly HostContext _host;
    private readonly SameName _names;

    public SameNameTests()
    {
        _host = (Sample.Host(_folder.At("home")) with { InvokingUser = "me" }).WithFacts(new SystemdHost
        {
            SystemUnitFolders = [_folder.At("etc/system"), _folder.At("usr/system")],
            UserUnitFolders = [_folder.At("etc/user"), _folder.At("usr/user")],
            LingerFolder = _folder.At("linger"),
        });
        _names = new SameName(_host, user => user == "ghost" ? null : _folder.At(user));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_name_that_nobody_else_has_is_not_told()
    {
        Assert.Null(_names.Find(Unit, ServiceScope.User));
        Assert.Null(_names.Find(Unit, ServiceScope.System));
    }

    [Fact]
    public void A_unit_of_the_system_is_told_to_a_user_with_a_command_that_shows_it()
    {
        var file = Place("usr/system");

        var finding = _names.Find(Unit, ServiceScope.User)!;

        Assert.Equal(("HGW3015", Severity.Warning), (finding.Code, finding.Severity));
        Assert.Contains(file, finding.Message, StringComparison.Ordinal);
        Assert.Equal($"systemctl --system cat {Unit}", finding.Advice);
        Assert.Null(_names.Find(Unit, ServiceScope.System));
    }

    [Theory]
    [InlineData("etc/user")]
    [InlineData("home/config/systemd/user")]
    [InlineData("me/.config/systemd/user")]
    [InlineData("root/.config/systemd/user")]
    [InlineData("lingerer/.config/systemd/user")]
    public void A_unit_of_a_user_is_told_to_the_system_wherever_a_manager_may_run_it(string folder)
    {
        Directory.CreateDirectory(_host.LingerFolder);
        foreach (var name in new[] { "lingerer", "ghost" }) File.WriteAllText(Path.Combine(_host.LingerFolder, name), "");
        var file = Place(folder);

        var finding = _names.Find(Unit, ServiceScope.System)!;

        Assert.Contains($": {file}. ", finding.Message, StringComparison.Ordinal);
        Assert.Equal($"cat {file}", finding.Advice);
        Assert.Null(_names.Find(Unit, ServiceScope.User));
    }

    [Fact]
    public void All_of_them_are_told_at_once()
    {
        string[] files = [Place("etc/user"), Place("me/.config/systemd/user")];

        Assert.Contains(string.Join(", ", files), _names.Find(Unit, ServiceScope.System)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_who_does_not_linger_has_no_manager_that_could_be_in_the_way()
    {
        Place("other/.config/systemd/user");

        Assert.Null(_names.Find(Unit, ServiceScope.System));
    }

    [Fact]
    public void A_link_that_only_enables_a_unit_is_not_the_unit()
    {
        Directory.CreateDirectory(_folder.At("etc/system/default.target.wants"));
        File.CreateSymbolicLink(_folder.At($"etc/system/default.target.wants/{Unit}"), Place("elsewhere"));

        Assert.Null(_names.Find(Unit, ServiceScope.User));
    }

    [Fact]
    public void Neither_a_mask_nor_what_it_hides_runs()
    {
        Place("usr/system");
        var mask = Place("etc/system", "");
        Assert.Null(_names.Find(Unit, ServiceScope.User));

        File.Delete(mask);
        File.CreateSymbolicLink(mask, "/dev/null");
        Assert.Null(_names.Find(Unit, ServiceScope.User));
        Place("me/.config/systemd/user", "");
        Assert.Null(_names.Find(Unit, ServiceScope.System));
    }

    [Fact]
    public void A_folder_that_is_a_link_is_told_by_its_own_name()
    {
        var file = Place("usr/system");
        Directory.CreateDirectory(_folder.At("etc"));
        Directory.CreateSymbolicLink(_folder.At("etc/system"), _folder.At("usr/system"));

        Assert.Contains(file, _names.Find(Unit, ServiceScope.User)!.Message, StringComparison.Ordinal);
    }

    private string Place(string folder, string text = "[Service]\n")
    {
        var file = Path.Combine(Directory.CreateDirectory(_folder.At(folder)).FullName, Unit);
        File.WriteAllText(file, text);
        return file;
    }
}

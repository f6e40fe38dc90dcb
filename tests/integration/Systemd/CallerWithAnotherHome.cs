using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>HOME or XDG_CONFIG_HOME of the caller differs from the value that the service manager was started with.</summary>
public class CallerWithAnotherHome
{
    public CallerWithAnotherHome() => Requires.Systemd();

    [Fact, Trait("Scope", "user")]
    public async Task Unit_file_is_written_to_the_unit_folder_of_the_user_manager()
    {
        await using var service = new SystemdService();
        var (host, unit, elsewhere) = (service.Host, service.UnitPath, Path.Combine(service.Scratch, "profile"));
        try
        {
            service.Host = host with { ConfigHome = elsewhere };

            var report = service.Succeed(Operation.Deploy);

            Assert.Equal(unit, report.DefinitionPath);
            Assert.Equal(unit, Manager.Property(service.Unit, "FragmentPath"));
            Assert.Equal("enabled", Manager.Property(service.Unit, "UnitFileState"));
            Assert.False(Directory.Exists(elsewhere));
            Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
            service.Succeed(Operation.Uninstall);
            Assert.False(File.Exists(unit));
        }
        finally
        {
            service.Host = host;
        }
    }

    [Fact, Trait("Scope", "user")]
    public async Task User_service_of_root_with_the_home_of_another_user_is_refused_and_writes_no_file()
    {
        Requires.Root();
        await using var service = new SystemdService();
        var home = UseHomeOfAccountNobody(service, out var host);
        try
        {
            service.Fail(Operation.Deploy, DiagnosticCatalog.HomeOfAnother);

            Assert.Empty(Directory.GetFileSystemEntries(home));
            Assert.False(File.Exists(service.UnitPath));
        }
        finally
        {
            service.Host = host;
        }
    }

    [Fact, Trait("Scope", "system")]
    public async Task System_service_of_root_with_the_home_of_another_user_writes_no_file_below_it()
    {
        Requires.Root();
        await using var service = new SystemdService();
        var home = UseHomeOfAccountNobody(service, out var host);
        try
        {
            foreach (var operation in new[] { Operation.Deploy, Operation.Restart, Operation.Stop, Operation.Start, Operation.Verify, Operation.Uninstall })
                service.Succeed(operation);

            Assert.Empty(Directory.GetFileSystemEntries(home));
        }
        finally
        {
            service.Host = host;
        }
    }

    // The environment that "sudo -E" gives to a command: root's user id with the home of the user.
    private static string UseHomeOfAccountNobody(SystemdService service, out HostContext host)
    {
        var home = Directory.CreateDirectory(Path.Combine(service.Scratch, "home")).FullName;
        FileOwner.GiveToNobody(home);
        host = service.Host;
        service.Host = host with { Home = home, ConfigHome = Path.Combine(home, ".config"), StateHome = Path.Combine(home, ".local", "state") };
        return home;
    }
}

using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>The caller's HOME or XDG_CONFIG_HOME is not the one that the manager was started with.</summary>
public class TheCallersHomeIsAnother
{
    public TheCallersHomeIsAnother() => Requires.Systemd();

    [Fact, Trait("Scope", "user")]
    public async Task The_unit_goes_where_the_manager_looks_for_it()
    {
        await using var service = new TestService();
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
    public async Task Root_leaves_nothing_in_the_home_of_another_user()
    {
        Requires.Root();
        await using var service = new TestService();
        var home = UseHomeOfNobody(service, out var host);
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
    public async Task A_service_of_the_machine_leaves_nothing_below_the_home_of_who_called_sudo()
    {
        Requires.Root();
        await using var service = new TestService();
        var home = UseHomeOfNobody(service, out var host);
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

    // As sudo -E leaves it.
    private static string UseHomeOfNobody(TestService service, out HostContext host)
    {
        var home = Directory.CreateDirectory(Path.Combine(service.Scratch, "home")).FullName;
        FileOwner.GiveToNobody(home);
        host = service.Host;
        service.Host = host with { Home = home, ConfigHome = Path.Combine(home, ".config"), StateHome = Path.Combine(home, ".local", "state") };
        return home;
    }
}

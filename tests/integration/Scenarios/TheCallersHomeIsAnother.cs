using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>The caller's HOME or XDG_CONFIG_HOME is not the one that the manager was started with.</summary>
public class TheCallersHomeIsAnother
{
    [SystemdFact, Trait("Scope", "user")]
    public async Task The_unit_goes_where_the_manager_looks_for_it()
    {
        await using var service = new TestService();
        var (host, unit, elsewhere) = (service.Host, service.UnitPath, Path.Combine(service.Scratch, "profile"));
        try
        {
            service.Host = host with { ConfigHome = elsewhere };

            var report = await service.SucceedAsync(Operation.Deploy);

            Assert.Equal(unit, report.DefinitionPath);
            Assert.Equal(unit, Manager.Property(service.Unit, "FragmentPath"));
            Assert.Equal("enabled", Manager.Property(service.Unit, "UnitFileState"));
            Assert.False(Directory.Exists(elsewhere));
            Assert.Equal(Outcome.Unchanged, (await service.SucceedAsync(Operation.Deploy)).Outcome);
            await service.SucceedAsync(Operation.Uninstall);
            Assert.False(File.Exists(unit));
        }
        finally
        {
            service.Host = host;
        }
    }
}

using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

public class ReadOnlyUnitFolder
{
    public ReadOnlyUnitFolder() => Requires.Systemd();

    [Fact]
    public async Task Is_reported_and_the_running_service_is_not_changed()
    {
        await using var service = TestService.Deploy();
        var before = service.ReadState();
        service.Input = service.Input with { Arguments = ["changed"] };
        using (new ReadOnlyFolder(Path.GetDirectoryName(service.UnitPath)!))
            service.Fail(Operation.Deploy, DiagnosticCatalog.DefinitionNotWritable);

        Assert.Equal(before, service.ReadState());
    }
}

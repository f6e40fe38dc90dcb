using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Integration.Tests.Conformance;

[Trait("Os", "linux")]
public class ReadOnlyDefinitionFolder
{
    [Fact]
    public async Task Is_reported_and_the_running_service_is_not_changed()
    {
        await using var service = ServiceUnderTest.Deploy();
        var before = service.ReadState();
        service.Input = service.Input with { Arguments = ["changed"] };
        using (new ReadOnlyFolder(Path.GetDirectoryName(service.DefinitionPath)!))
            service.Fail(Operation.Deploy, DiagnosticCatalog.DefinitionNotWritable);

        Assert.Equal(before, service.ReadState());
    }
}

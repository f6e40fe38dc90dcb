using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Input;

namespace Hermes.Gateway.Core.Tests.ServiceManagers;

public sealed class RegistryOfServiceManagers
{
    [Fact]
    public void Names_and_properties_are_unique()
    {
        var registry = ServiceManagerRegistry.BuiltIn;
        Assert.Equal(["systemd", "launchd"], registry.Types.Select(type => type.Name));
        Assert.Equal(registry.Properties.Distinct(), registry.Properties);
        Assert.All(registry.Types, type => Assert.Contains(type.IdentifierProperty, type.Properties));
    }

    [Fact]
    public void Unknown_manager_in_a_request_throws_ArgumentException()
    {
        var request = InputFor.Accepted(InputFor.Good) with { Manager = "runit" };
        var services = new GatewayServices(Sample.Host("/home/me"), new FakeRunner(), TimeProvider.System);

        var thrown = Assert.Throws<ArgumentException>(
            () => services.Run(Operation.Status, [request], TestContext.Current.CancellationToken));
        Assert.Contains("'runit' is none of the service managers systemd, launchd", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_manager_in_an_input_is_an_error()
    {
        var problem = Assert.Single(InputFor.Problems(InputFor.Good with { ServiceManager = "runit" }));
        Assert.Equal("HGW0003", problem.Code);
        Assert.Contains("'runit' is none of auto, systemd, launchd.", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Machine_without_a_registered_manager_is_an_error()
    {
        var (requests, problems) = RequestReader.Read([InputFor.Good], InputFor.Linux, new ServiceManagerRegistry(new LaunchdType()));
        Assert.Empty(requests);
        Assert.Equal("HGW1004", Assert.Single(problems).Code);
    }
}

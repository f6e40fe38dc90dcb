using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>Operations called from a process of the service that they would end.</summary>
public class CallFromInsideTheService
{
    [Theory]
    [InlineData("restart")]
    [InlineData("stop")]
    [InlineData("uninstall")]
    [InlineData("deploy")]
    public async Task Verb_that_would_end_its_caller_is_refused_before_any_change(string verb)
    {
        await using var service = ServiceUnderTest.Deploy();
        var before = service.ReadState();
        service.CallFromInside();
        service.Input = service.Input with { Arguments = verb == "deploy" ? ["new"] : [] };

        service.Fail(
            verb switch { "restart" => Operation.Restart, "stop" => Operation.Stop, "uninstall" => Operation.Uninstall, _ => Operation.Deploy },
            DiagnosticCatalog.InsideService);

        Assert.Equal(before, service.ReadState());
    }

    [Fact]
    public async Task Operations_without_a_restart_are_allowed()
    {
        await using var service = ServiceUnderTest.Deploy();
        service.CallFromInside();

        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
        service.Succeed(Operation.Status);
        service.Succeed(Operation.Verify);
    }
}

using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Input;

/// <summary>A valid service input, of which each test changes single values.</summary>
internal static class InputFor
{
    public static readonly ServiceInput Good = new()
    {
        Name = "my-gateway",
        Program = "/opt/my/gateway",
        Source = "/src/my project/Gateway.csproj",
        Revision = "r1",
    };

    public static readonly HostContext Linux = Sample.Host("/home/me");

    public static ServiceRequest Accepted(ServiceInput input)
    {
        var (requests, problems) = RequestReader.Read([input], Linux);
        Assert.Empty(problems);
        return Assert.Single(requests);
    }

    public static ImmutableArray<Finding> Problems(params IEnumerable<ServiceInput> inputs) =>
        RequestReader.Read(inputs, Linux).Problems;
}

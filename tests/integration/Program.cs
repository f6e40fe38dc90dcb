using Hermes.Gateway.Integration.Tests.Campaigns;
using Xunit.Runner.InProc.SystemConsole;

namespace Hermes.Gateway.Integration.Tests;

/// <summary>The entry point of the test assembly: xunit's own, except for a <see cref="Child"/>.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments) => arguments switch
    {
        [Child.Deploy, .. var deploy] => Child.Run(deploy),
        _ => await ConsoleRunner.Run(arguments),
    };
}

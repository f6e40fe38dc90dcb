using Hermes.Gateway.Integration.Tests.Robustness;
using Xunit.Runner.InProc.SystemConsole;

namespace Hermes.Gateway.Integration.Tests;

/// <summary>The entry point of the test assembly: that of xunit, or of a <see cref="DeployProcess"/>.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments) => arguments switch
    {
        [DeployProcess.Deploy, .. var deploy] => DeployProcess.Run(deploy),
        _ => await ConsoleRunner.Run(arguments),
    };
}

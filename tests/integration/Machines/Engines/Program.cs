using Xunit.Runner.InProc.SystemConsole;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>The entry point of the test assembly: that of xunit, or of a helper process. A helper process ends at the end of its
/// standard input, which the kernel closes when the parent process ends.</summary>
internal static class Program
{
    /// <summary>The argument of the process that removes all containers of a test run after its end.</summary>
    public const string Reap = "reap";

    /// <summary>The argument of the process that acts as a test run with one container, which a test kills.</summary>
    public const string Hold = "hold";

    public static Task<int> Main(string[] arguments) => arguments switch
    {
        [Reap, var run] => ReapAsync(run),
        [Hold, var run, var image] => HoldAsync(run, image),
        _ => ConsoleRunner.Run(arguments),
    };

    private static async Task<int> ReapAsync(string run)
    {
        await WriteLineAndWaitAsync("watching");
        foreach (var id in await Engine.FindAsync(run)) await Engine.RemoveAsync(id);
        return 0;
    }

    private static async Task<int> HoldAsync(string run, string image)
    {
        await using var reaper = await Reaper.StartAsync(run);
        await using var container = await Engine.StartAsync(new ContainerSpec(image, run, new Dictionary<string, string>()));
        await WriteLineAndWaitAsync(container.Id);
        return 0;
    }

    private static async Task WriteLineAndWaitAsync(string line)
    {
        await Console.Out.WriteLineAsync(line);
        await Console.In.ReadToEndAsync();
    }
}

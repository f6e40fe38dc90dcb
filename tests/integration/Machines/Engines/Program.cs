using Xunit.Runner.InProc.SystemConsole;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>The entry point of the test assembly: xunit's own, except for the processes that the tests need beside them. Each
/// of these ends with its standard input, which the kernel closes when the process that started it ends.</summary>
internal static class Program
{
    /// <summary>Removes all containers of a run when the run has ended.</summary>
    public const string Reap = "reap";

    /// <summary>Is a run with one container; for the test that kills it.</summary>
    public const string Hold = "hold";

    public static Task<int> Main(string[] arguments) => arguments switch
    {
        [Reap, var run] => ReapAsync(run),
        [Hold, var run, var image] => HoldAsync(run, image),
        _ => ConsoleRunner.Run(arguments),
    };

    private static async Task<int> ReapAsync(string run)
    {
        await SayAndWaitAsync("watching");
        foreach (var id in await Engine.FindAsync(run)) await Engine.RemoveAsync(id);
        return 0;
    }

    private static async Task<int> HoldAsync(string run, string image)
    {
        await using var reaper = await Reaper.StartAsync(run);
        await using var container = await Engine.StartAsync(new ContainerSpec(image, run, new Dictionary<string, string>()));
        await SayAndWaitAsync(container.Id);
        return 0;
    }

    private static async Task SayAndWaitAsync(string line)
    {
        await Console.Out.WriteLineAsync(line);
        await Console.In.ReadToEndAsync();
    }
}

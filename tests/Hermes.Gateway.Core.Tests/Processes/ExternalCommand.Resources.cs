using System.Globalization;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed partial class ExternalCommand
{
    private static int OpenHandles() => Directory.GetFileSystemEntries("/dev/fd").Length;

    [Fact]
    public void Leaves_no_zombie()
    {
        var processId = OutputOf(Dummy.Request("exit", "0"));

        Assert.False(IsKnownToTheSystem(int.Parse(processId, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Leaves_no_handle_open()
    {
        CommandRequest[] requests =
        [
            Dummy.Shell("exit 0"),
            Dummy.Shell("exec sleep 60") with { Timeout = TimeSpan.FromMilliseconds(1) },
            Dummy.Request() with { Program = "/no such/program" },
        ];

        foreach (var request in requests)
            Assert.InRange(CountRunsThatGrowHandles(request, runs: 40), 0, 20);
    }

    /// <summary>
    /// Compares after every run, because a garbage collection would hide a leak at the end, and counts runs, because the test host
    /// opens files of its own now and then.
    /// </summary>
    private static int CountRunsThatGrowHandles(CommandRequest request, int runs)
    {
        var grown = 0;
        for (var i = 0; i < runs; i++)
        {
            var before = OpenHandles();
            Run(request);
            grown += OpenHandles() > before ? 1 : 0;
        }

        return grown;
    }

    [Fact]
    public async Task Leaves_no_unobserved_task_exception()
    {
        var failures = new List<Exception>();
        CollectGarbage();
        TaskScheduler.UnobservedTaskException += Record;
        try
        {
            await RunAndForgetAsync();
            CollectGarbage();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Record;
        }

        Assert.Empty(failures);

        void Record(object? sender, UnobservedTaskExceptionEventArgs args) => failures.Add(args.Exception);

        static void CollectGarbage()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static async Task RunAndForgetAsync()
    {
        using var first = new ProcessWitness();
        using var second = new ProcessWitness();
        Run(Dummy.Request("leave-grandchild", first.Address));
        await CancelWhenReadyAsync("wait-stubbornly", second, TimeSpan.Zero);
        Run(Dummy.Shell("exec sleep 60") with { Timeout = TimeSpan.FromMilliseconds(1) });
        Run(Dummy.Request() with { Program = "/no such/program" });
    }
}

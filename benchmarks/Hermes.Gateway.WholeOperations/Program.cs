using System.Runtime.InteropServices;
using Hermes.Gateway.WholeOperations;

// Whole operations on a real service manager, side by side with what else does the same; eng/bench.sh starts it.
if (Options.TryParse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var workspace = new Workspace(options);
try
{
    return await new Campaign(options, workspace, stop.Token).RunAsync();
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("bench: interrupted");
    return 130;
}
catch (BenchmarkException e)
{
    Console.Error.WriteLine($"bench: NOT SO: {e.Message}");
    return 1;
}
finally
{
    // Whatever happened, and however long it takes.
    await new Units(workspace, new Commands(workspace, CancellationToken.None)).RemoveAllAsync();
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

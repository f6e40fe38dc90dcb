using System.Diagnostics;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public class ProcessStartTime
{
    [Fact]
    public async Task Is_read_while_the_process_lives_and_null_after_its_end()
    {
        var before = DateTimeOffset.UtcNow;
        using var process = Process.Start(new ProcessStartInfo("/bin/cat") { RedirectStandardInput = true })!;
        var start = ProcessWatch.StartTimeOf(process.Id);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);

        // The kernel counts ticks since boot, whose time is known to the second.
        Assert.InRange(start!.Value, before - TimeSpan.FromSeconds(2), DateTimeOffset.UtcNow + TimeSpan.FromSeconds(2));
        Assert.Null(ProcessWatch.StartTimeOf(process.Id));
    }
}

using System.Diagnostics;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

public class ProcessStartTests
{
    [Fact]
    public async Task It_is_the_time_at_which_the_process_was_started_and_unknown_once_it_is_gone()
    {
        var before = DateTimeOffset.UtcNow;
        using var process = Process.Start(new ProcessStartInfo("/bin/cat") { RedirectStandardInput = true })!;
        var start = ProcessWatch.StartTimeOf(process.Id);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);

        // The kernel counts in ticks, from a boot whose time is known to the second.
        Assert.InRange(start!.Value, before - TimeSpan.FromSeconds(2), DateTimeOffset.UtcNow + TimeSpan.FromSeconds(2));
        Assert.Null(ProcessWatch.StartTimeOf(process.Id));
    }
}

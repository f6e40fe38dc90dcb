using System.Diagnostics;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public sealed class DropInTextTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_drop_in_that_is_a_link_is_read_where_it_leads()
    {
        File.WriteAllText(_scratch.At("real.conf"), "[Service]\n");
        File.CreateSymbolicLink(_scratch.At("link.conf"), "real.conf");

        Assert.Equal("[Service]\n", DropInText.Read(_scratch.At("link.conf")));
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_a_drop_in_is_not_waited_for()
    {
        using var mkfifo = Process.Start("mkfifo", [_scratch.At("e.conf")]);
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Null(
            await Task.Run(() => DropInText.Read(_scratch.At("e.conf")), TestContext.Current.CancellationToken).WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
        Assert.Null(DropInText.Read(_scratch.At("missing.conf")));
    }
}

using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

public sealed class LingerOfAUser : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_on_for_a_file_in_the_linger_folder_and_unknown_without_the_folder()
    {
        var host = (Sample.Host("/home/me") with { UserId = 0 }).WithFacts(new SystemdHost { LingerFolder = _folder.At("linger") });
        Assert.Null(host.Lingers);

        Directory.CreateDirectory(host.Systemd.LingerFolder);
        Assert.False(host.Lingers);

        File.WriteAllText(Path.Combine(host.Systemd.LingerFolder, "root"), "");
        Assert.True(host.Lingers);
    }
}

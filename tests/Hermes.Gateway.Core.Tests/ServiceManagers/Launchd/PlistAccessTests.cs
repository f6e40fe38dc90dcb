using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public sealed class PlistAccessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0644")]
    [InlineData("0600")]
    [InlineData("0666")]
    [InlineData("0004")]
    public void Owner_and_mode_are_told(string mode)
    {
        var path = _folder.At("a.plist");
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));

        Assert.Equal($"mode {mode}, user id {NativeMethods.EffectiveUserId}", PlistAccess.Of(path));
    }

    [Fact]
    public void What_is_not_there_has_none() => Assert.Null(PlistAccess.Of(_folder.At("nothing")));

    [Fact]
    public void A_file_as_this_project_writes_it_is_as_wanted()
    {
        var path = _folder.At("a.plist");
        Core.Storage.AtomicFile.Write(path, "text");

        Assert.Equal(PlistAccess.Wanted(NativeMethods.EffectiveUserId), PlistAccess.Of(path));
    }
}

using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

public sealed class DefinitionFileAccess : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0644")]
    [InlineData("0600")]
    [InlineData("0666")]
    [InlineData("0004")]
    public void Owner_and_mode_are_read(string mode)
    {
        var path = _folder.At("a.plist");
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));

        Assert.Equal($"mode {mode}, user id {NativeMethods.EffectiveUserId}", PlistAcceptance.ReadAccess(path));
    }

    [Fact]
    public void Access_of_a_missing_file_is_unknown() => Assert.Null(PlistAcceptance.ReadAccess(_folder.At("nothing")));

    [Fact]
    public void Access_of_a_written_definition_is_as_required()
    {
        var path = _folder.At("a.plist");
        Core.Storage.AtomicFile.Write(path, "text");

        Assert.Equal(PlistAcceptance.RequiredAccess(NativeMethods.EffectiveUserId), PlistAcceptance.ReadAccess(path));
    }
}

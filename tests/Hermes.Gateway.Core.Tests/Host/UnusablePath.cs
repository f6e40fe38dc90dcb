using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

public sealed class UnusablePath : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PathProblem _own = new(judgesRights: true);
    private readonly PathProblem _others = new(judgesRights: false);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_not_reported_for_rights_when_the_service_has_another_account()
    {
        var file = _folder.At("file");
        File.WriteAllText(file, "");
        File.SetUnixFileMode(file, UnixFileMode.None);

        Assert.NotNull(_own.OfProgram(file));
        Assert.Null(_others.OfProgram(file));
        Assert.NotNull(_others.OfProgram(_folder.At("missing")));
    }

    [Fact]
    public void Is_reported_with_its_unmounted_volume() =>
        Assert.Equal(
            "the program /Volumes/No such/app is missing (its volume is not mounted)", _own.OfProgram("/Volumes/No such/app"));

    [Fact]
    public void Is_reported_when_the_environment_file_is_a_folder() =>
        Assert.Equal($"the environment file {_folder.At(".")} is a folder", _own.OfEnvironmentFile(_folder.At(".")));

    [Fact]
    public void Is_reported_for_the_missing_folder_of_a_log_file_but_not_for_a_missing_log_file()
    {
        Assert.Null(_own.OfLog(_folder.At("app.log")));
        Assert.Equal($"the folder of the log file {_folder.At("no/app.log")} is missing", _own.OfLog(_folder.At("no/app.log")));
    }
}

using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

public sealed class UnusablePath : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PathCheck _own = new(judgesRights: true);
    private readonly PathCheck _others = new(judgesRights: false);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_not_reported_for_rights_when_the_service_has_another_account()
    {
        var file = _folder.At("file");
        File.WriteAllText(file, "");
        File.SetUnixFileMode(file, UnixFileMode.None);

        Assert.NotNull(_own.FindProgramProblem(file));
        Assert.Null(_others.FindProgramProblem(file));
        Assert.NotNull(_others.FindProgramProblem(_folder.At("missing")));
    }

    [Fact]
    public void Is_reported_with_its_unmounted_volume() =>
        Assert.Equal(
            "the program /Volumes/No such/app is missing (its volume is not mounted)", _own.FindProgramProblem("/Volumes/No such/app"));

    [Fact]
    public void Is_reported_when_the_environment_file_is_a_folder() =>
        Assert.Equal($"the environment file {_folder.At(".")} is a folder", _own.FindEnvironmentFileProblem(_folder.At(".")));

    [Fact]
    public void Is_reported_for_the_missing_folder_of_a_log_file_but_not_for_a_missing_log_file()
    {
        Assert.Null(_own.FindLogProblem(_folder.At("app.log")));
        Assert.Equal($"the folder of the log file {_folder.At("no/app.log")} is missing", _own.FindLogProblem(_folder.At("no/app.log")));
    }
}

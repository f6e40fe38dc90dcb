using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

public sealed class PathProblemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PathProblem _own = new(judgesRights: true);
    private readonly PathProblem _others = new(judgesRights: false);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_a_service_of_another_account_rights_are_not_judged_from_here()
    {
        var file = _folder.At("file");
        File.WriteAllText(file, "");
        File.SetUnixFileMode(file, UnixFileMode.None);

        Assert.NotNull(_own.OfProgram(file));
        Assert.Null(_others.OfProgram(file));
        Assert.NotNull(_others.OfProgram(_folder.At("missing")));
    }

    [Fact]
    public void What_lies_on_a_volume_that_is_gone_is_told_with_the_volume() =>
        Assert.Equal(
            "the program /Volumes/No such/app is missing (its volume is not mounted)", _own.OfProgram("/Volumes/No such/app"));

    [Fact]
    public void An_environment_file_that_is_a_folder_is_named() =>
        Assert.Equal($"the environment file {_folder.At(".")} is a folder", _own.OfEnvironmentFile(_folder.At(".")));

    [Fact]
    public void A_log_that_does_not_exist_yet_is_no_problem_but_its_folder_is()
    {
        Assert.Null(_own.OfLog(_folder.At("app.log")));
        Assert.Equal($"the folder of the log file {_folder.At("no/app.log")} is missing", _own.OfLog(_folder.At("no/app.log")));
    }
}

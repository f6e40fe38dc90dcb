using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>A program started as the account "nobody", which every machine has.</summary>
public sealed class ProgramStartedAsAnotherAccount : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Account _nobody = Accounts.Find("nobody")!;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_started_through_setpriv_on_Linux()
    {
        Install("setpriv", "runuser");

        var request = Start();

        Assert.Equal(_folder.At("setpriv"), request.Program);
        Assert.Equal(
            [$"--reuid={_nobody.UserId}", $"--regid={_nobody.GroupId}", "--init-groups", "--", "/srv/check"], request.Arguments.AsEnumerable());
        Assert.Equal(("/", TimeSpan.FromSeconds(2)), (request.WorkingDirectory, request.Timeout));
    }

    [Fact]
    public void Is_started_through_runuser_where_setpriv_is_missing()
    {
        Install("runuser");

        var request = Start();

        Assert.Equal(_folder.At("runuser"), request.Program);
        Assert.Equal(["-u", "nobody", "--", "/srv/check"], request.Arguments.AsEnumerable());
    }

    [Fact]
    public void Gets_its_own_session_where_setsid_exists()
    {
        Install("setsid", "runuser");

        var request = Start();

        Assert.Equal(_folder.At("setsid"), request.Program);
        Assert.Equal(["--wait", _folder.At("runuser"), "-u", "nobody", "--", "/srv/check"], request.Arguments.AsEnumerable());
    }

    [Fact]
    public void Is_not_started_through_the_setpriv_of_BusyBox()
    {
        Install("busybox", "runuser");
        File.CreateSymbolicLink(_folder.At("setpriv"), "busybox");

        Assert.Equal(_folder.At("runuser"), Start().Program);
    }

    [Fact]
    public void Is_started_through_sudo_on_macOS()
    {
        Install("sudo", "setpriv");

        var request = Start(isMacOS: true);

        Assert.Equal(_folder.At("sudo"), request.Program);
        Assert.Equal(["-n", "-u", "nobody", "--", "/srv/check"], request.Arguments.AsEnumerable());
    }

    [Fact]
    public void Gets_no_groups_when_the_user_id_has_no_entry()
    {
        Install("setpriv", "sudo");

        Assert.Equal(
            ["--reuid=4000000001", "--regid=4000000001", "--clear-groups", "--", "/srv/check"],
            Start("4000000001").Arguments.AsEnumerable());
        Assert.Equal(
            ["-n", "-u", "#4000000001", "--", "/srv/check"],
            Start("4000000001", isMacOS: true).Arguments.AsEnumerable());
    }

    [Fact]
    public void Gets_the_environment_of_the_account_only()
    {
        Install("setpriv");

        var request = Start();

        Assert.False(request.InheritsEnvironment);
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                ["HOME"] = _nobody.Home,
                ["USER"] = "nobody",
                ["LOGNAME"] = "nobody",
                ["SHELL"] = "/bin/sh",
                ["LC_ALL"] = "C",
            },
            request.Environment.ToDictionary());
    }

    [Fact]
    public void Is_started_directly_when_the_caller_is_the_account()
    {
        var command = AccountCommand.Find("nobody", Host(_nobody.UserId), out var problem, [])!;

        var request = command.RequestFor("/srv/check", TimeSpan.FromSeconds(2));

        Assert.Equal((AccountCommandProblem.None, "/srv/check"), (problem, request.Program));
        Assert.Empty(request.Arguments);
        Assert.Equal(("nobody", false), (request.Environment["USER"], request.InheritsEnvironment));
    }

    [Fact]
    public void Is_refused_with_a_message_for_each_reason()
    {
        Assert.Equal("it runs as nobody, which only root can do", Problem("nobody", Host(1000)));
        Assert.Equal("it runs as nobody, and neither setpriv nor runuser was found", Problem("nobody", Host(0)));
        Assert.Equal("it runs as nobody, and sudo was not found", Problem("nobody", Host(0) with { IsMacOS = true }));
        Assert.Equal("it runs as no-such-account, and there is no such account", Problem("no-such-account", Host(0)));
        Install("runuser");
        Assert.Equal("it runs as 4000000001, and neither setpriv nor runuser was found", Problem("4000000001", Host(0)));
    }

    [Theory]
    [InlineData(1, "setpriv: failed to execute /srv/check: Permission denied\n", "failed to execute /srv/check: Permission denied")]
    [InlineData(127, "setpriv: failed to execute /srv/check: No such file or directory\n", "failed to execute /srv/check: No such file or directory")]
    [InlineData(1, "my check: no answer\n", null)]
    [InlineData(1, "", null)]
    [InlineData(0, "setpriv: note\n", null)]
    public void Has_its_failures_distinguished_from_those_of_setpriv(int code, string error, string? expected)
    {
        Install("setpriv");
        var command = Find("nobody");

        Assert.Equal(expected, command.FindFailure(FakeRunner.Exit(command.RequestFor("/srv/check", TimeSpan.FromSeconds(2)), code, error: error)));
    }

    private AccountCommand Find(string user, bool isMacOS = false) =>
        AccountCommand.Find(user, Host(0) with { IsMacOS = isMacOS }, out _, [])!;

    private CommandRequest Start(string user = "nobody", bool isMacOS = false) =>
        Find(user, isMacOS).RequestFor("/srv/check", TimeSpan.FromSeconds(2));

    private static string Problem(string user, HostContext host)
    {
        Assert.Null(AccountCommand.Find(user, host, out var problem, []));
        return AccountCommand.Describe(problem, user, host);
    }

    private HostContext Host(uint userId) =>
        Sample.Host(_folder.At(".")) with { UserId = userId, SearchPath = [_folder.At("")] };

    private void Install(params string[] commands)
    {
        foreach (var command in commands)
        {
            File.WriteAllText(_folder.At(command), "#!/bin/sh\n");
            File.SetUnixFileMode(_folder.At(command), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}

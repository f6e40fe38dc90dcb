using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>A program that is to be started as an account which every machine has.</summary>
public sealed class AccountCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Account _nobody = Accounts.Find("nobody")!;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Root_on_Linux_changes_to_the_account_with_setpriv()
    {
        Install("setpriv", "runuser");

        var request = Find("nobody")!.Start("/srv/check", TimeSpan.FromSeconds(2));

        Assert.Equal(_folder.At("setpriv"), request.Program);
        Assert.Equal(
            [$"--reuid={_nobody.UserId}", $"--regid={_nobody.GroupId}", "--init-groups", "--", "/srv/check"], request.Arguments.AsEnumerable());
        Assert.Equal(("/", TimeSpan.FromSeconds(2)), (request.WorkingDirectory, request.Timeout));
    }

    [Fact]
    public void Root_on_Linux_without_setpriv_uses_runuser()
    {
        Install("runuser");

        var request = Find("nobody")!.Start("/srv/check", TimeSpan.FromSeconds(2));

        Assert.Equal(_folder.At("runuser"), request.Program);
        Assert.Equal(["-u", "nobody", "--", "/srv/check"], request.Arguments.AsEnumerable());
    }

    [Fact]
    public void The_program_gets_a_session_of_its_own_where_the_host_has_a_command_for_it()
    {
        Install("setsid", "runuser");

        var request = Find("nobody")!.Start("/srv/check", TimeSpan.FromSeconds(2));

        Assert.Equal(_folder.At("setsid"), request.Program);
        Assert.Equal(["--wait", _folder.At("runuser"), "-u", "nobody", "--", "/srv/check"], request.Arguments.AsEnumerable());
    }

    [Fact]
    public void The_setpriv_of_BusyBox_is_not_used()
    {
        Install("busybox", "runuser");
        File.CreateSymbolicLink(_folder.At("setpriv"), "busybox");

        Assert.Equal(_folder.At("runuser"), Find("nobody")!.Start("/srv/check", TimeSpan.FromSeconds(2)).Program);
    }

    [Fact]
    public void Root_on_macOS_uses_sudo()
    {
        Install("sudo", "setpriv");

        var request = Find("nobody", isMacOS: true)!.Start("/srv/check", TimeSpan.FromSeconds(2));

        Assert.Equal(_folder.At("sudo"), request.Program);
        Assert.Equal(["-n", "-u", "nobody", "--", "/srv/check"], request.Arguments.AsEnumerable());
    }

    [Fact]
    public void A_number_without_an_entry_has_no_groups_to_look_up()
    {
        Install("setpriv", "sudo");

        Assert.Equal(
            ["--reuid=4000000001", "--regid=4000000001", "--clear-groups", "--", "/srv/check"],
            Find("4000000001")!.Start("/srv/check", TimeSpan.FromSeconds(2)).Arguments.AsEnumerable());
        Assert.Equal(
            ["-n", "-u", "#4000000001", "--", "/srv/check"],
            Find("4000000001", isMacOS: true)!.Start("/srv/check", TimeSpan.FromSeconds(2)).Arguments.AsEnumerable());
    }

    [Fact]
    public void The_environment_is_the_accounts_and_nothing_of_the_callers()
    {
        Install("setpriv");

        var request = Find("nobody")!.Start("/srv/check", TimeSpan.FromSeconds(2));

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
    public void A_caller_who_is_the_account_starts_the_program_directly_with_the_same_environment()
    {
        var command = AccountCommand.Find("nobody", Host(_nobody.UserId), out var problem, [])!;

        var request = command.Start("/srv/check", TimeSpan.FromSeconds(2));

        Assert.Equal((AccountCommandProblem.None, "/srv/check"), (problem, request.Program));
        Assert.Empty(request.Arguments);
        Assert.Equal(("nobody", false), (request.Environment["USER"], request.InheritsEnvironment));
    }

    [Fact]
    public void Each_reason_why_it_cannot_be_started_has_its_own_words()
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
    public void A_failure_of_setpriv_is_distinguished_from_a_failure_of_the_program(int code, string error, string? expected)
    {
        Install("setpriv");
        var command = Find("nobody")!;

        Assert.Equal(expected, command.FindFailure(FakeRunner.Exit(command.Start("/srv/check", TimeSpan.FromSeconds(2)), code, error: error)));
    }

    private AccountCommand? Find(string user, bool isMacOS = false) =>
        AccountCommand.Find(user, Host(0) with { IsMacOS = isMacOS }, out _, []);

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

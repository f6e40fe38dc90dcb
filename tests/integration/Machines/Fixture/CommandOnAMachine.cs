using System.Globalization;
using Hermes.Gateway.Machines.Tests.Host;

namespace Hermes.Gateway.Machines.Tests.Fixture;

/// <summary>Commands that tests run on a machine: their arguments, results and environment.</summary>
public sealed class CommandOnAMachine(MachineFixture fixture) : MachineTests(fixture)
{
    [Fact]
    public async Task Arguments_reach_the_command_unchanged()
    {
        string[] hostile =
        [
            "", " ", "a b", "it's", "\"double\"", "two\nlines\n", "\t", "*", "$HOME", "`id`", "$(id)", "\\", "%s", "-x", "--", "a=b",
            "{{.ID}}", "ä€😀", "\u001b[0m", new string('x', 100_000),
        ];

        var answer = await Machine.ExecAsync(Login.Root, ["/bin/bash", "-c", "printf '%s\\0' \"$@\"", "bash", .. hostile]);

        Assert.Equal(hostile, answer.Output.Split('\0')[..^1]);
    }

    [Theory]
    [InlineData(0, "true")]
    [InlineData(7, "/bin/sh", "-c", "exit 7")]
    [InlineData(255, "/bin/sh", "-c", "exit 255")]
    [InlineData(137, "/bin/sh", "-c", "kill -KILL $$")]
    [InlineData(126, "/etc/passwd")]
    [InlineData(127, "/no/such/command")]
    public async Task Exit_status_is_that_of_the_command(int status, params string[] command)
    {
        Assert.Equal(status, (await Machine.ExecAsync(Login.Root, command)).ExitCode);
    }

    [Fact]
    public async Task Output_and_errors_are_separate_and_complete()
    {
        var answer = await Machine.ExecAsync(
            Login.Root, "/bin/sh", "-c", "seq 20000; seq 20001 40000 >&2; printf 'no end of line'; read -r line || exit 3");

        Assert.Equal(Numbers(1, 20000) + "no end of line", answer.Output);
        Assert.Equal(Numbers(20001, 20000), answer.Errors);
        Assert.Equal(3, answer.ExitCode); // Standard input is empty.
    }

    [Fact]
    public async Task Account_has_its_groups_and_only_the_variables_of_its_login()
    {
        var user = await Machine.AddUserAsync("envy", lingers: false);
        await Machine.RunAsync("usermod", "--append", "--groups", "adm", user.Name);

        var rights = await Machine.ExecAsync(
            user with { Folder = user.Home }, "/bin/sh", "-c", "id --user --name; id --group --name; id --groups --name; pwd");
        var other = user with { Variables = new Dictionary<string, string> { ["X"] = "a b" } };
        var variables = (await Machine.ExecAsync(other, "env", "--null")).Succeeded()
            .Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal("envy\nenvy\nenvy adm\n/home/envy", rights.Succeeded());
        Assert.Equal(("/home/envy", "envy", "envy", "a b"), (variables["HOME"], variables["USER"], variables["LOGNAME"], variables["X"]));
        Assert.Equal(
            [
                "DOTNET_CLI_TELEMETRY_OPTOUT", "DOTNET_CLI_USE_MSBUILD_SERVER", "DOTNET_GENERATE_ASPNET_CERTIFICATE", "DOTNET_NOLOGO", "DOTNET_TieredPGO",
                "HOME", "LANG", "LOGNAME", "MSBUILDDISABLENODEREUSE", "MSBuildEnableWorkloadResolver", "PATH", "SHELL", "USER", "UseSharedCompilation", "X",
            ],
            variables.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Timeout_ends_the_wait_and_not_the_command()
    {
        try
        {
            await Assert.ThrowsAsync<TimeoutException>(() => Machine.ExecAsync(
                Login.Root, TimeSpan.FromSeconds(10), "/bin/sh", "-c", "echo $$ > /var/lib/slow; exec sleep 1000"));
            Assert.Equal("sleep", await Machine.ShellAsync("cat /proc/$(cat /var/lib/slow)/comm"));
        }
        finally
        {
            await Machine.ShellAsync("kill $(cat /var/lib/slow); rm /var/lib/slow");
        }
    }

    [Fact]
    public async Task Condition_that_stays_false_fails_the_wait()
    {
        var asked = 0;

        await Assert.ThrowsAsync<Xunit.Sdk.FalseException>(Never);
        await SystemdHost.AwaitAsync("at the third time", () => Task.FromResult(++asked == 3), TimeSpan.FromMinutes(1));

        Assert.Equal(3, asked);

        static Task Never() => SystemdHost.AwaitAsync("never", () => Task.FromResult(false), TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task Journal_of_a_unit_has_no_lines_of_other_units()
    {
        var user = await Machine.AddUserAsync("jo", lingers: true);
        await Machine.RunAsync("systemd-run", "--quiet", "--unit=one", "/bin/sh", "-c", "echo first; exec sleep 1000");
        await Machine.RunAsync("systemd-run", "--quiet", "--unit=two", "/bin/sh", "-c", "echo second; exec sleep 1000");
        (await Machine.ExecAsync(user, "systemd-run", "--user", "--quiet", "--unit=three", "/bin/sh", "-c", "echo third; exec sleep 1000"))
            .Succeeded();
        try
        {
            await HasAsync("one", "first", isUserUnit: false);
            await HasAsync("three", "third", isUserUnit: true);
            Assert.DoesNotContain("second", await Machine.ReadJournalAsync("one"), StringComparison.Ordinal);
            Assert.DoesNotContain("third", await Machine.ReadJournalAsync("three"), StringComparison.Ordinal);
        }
        finally
        {
            await Machine.RunAsync("systemctl", "stop", "one", "two");
            (await Machine.ExecAsync(user, "systemctl", "--user", "stop", "three")).Succeeded();
        }

        Task HasAsync(string unit, string line, bool isUserUnit) => SystemdHost.AwaitAsync(
            $"the journal of {unit} has {line}",
            async () => (await Machine.ReadJournalAsync(unit, isUserUnit)).Split('\n').Contains(line));
    }

    private static string Numbers(int first, int count) =>
        string.Concat(Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture) + "\n"));
}

using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>Against text recorded from systemd 252 (<c>systemctl --user show</c>, properties as this project asks for).</summary>
public class ShowOutputTests
{
    // Running; its arguments hold a line break, a forged property, an empty line and a forged end.
    private const string Running =
        """
        Type=exec
        Restart=on-failure
        MainPID=84
        Result=success
        NRestarts=0
        ExecMainStartTimestampMonotonic=3734881022
        ExecMainCode=0
        ExecMainStatus=0
        ExecStart={ path=/opt/prog ; argv[]=/opt/prog two words line
        MainPID=1

        Id=forged.service ; status=0/0 }
        ActiveState=forged x ; start_time=[n/a] é"q\b ; ignore_errors=no ; start_time=[Sun 2026-11-22 07:57:19 UTC] ; stop_time=[n/a] ; pid=84 ; code=(null) ; status=0/0 }
        Environment=HERMES_GATEWAY_STAMP=1:0123456789abcdef:r1 "SPACED=two words" "QUOTE=a\"b'c\\d" "BREAK=l1\nMainPID=1" "DOLLAR=\$HOME \`x\` !" EMPTY= "UNI=日本 é" "TAB=a\tb" "SEMI=a;b&c|d<e>" "CTL=\001\177" DROP=1
        WorkingDirectory=/tmp
        User=
        Id=a.service
        LoadState=loaded
        ActiveState=active
        SubState=running
        FragmentPath=/home/me/.config/systemd/user/a.service
        DropInPaths="/home/me/.config/systemd/user/a.service.d/my drop.conf"
        UnitFileState=static
        NeedDaemonReload=no
        ConditionResult=yes
        LoadError=
        InvocationID=4d6309d28530484bb2c0a7cef48296ce
        """;

    private const string Exited =
        """
        Type=simple
        Restart=no
        MainPID=0
        Result=exit-code
        NRestarts=0
        ExecMainStartTimestampMonotonic=3734910320
        ExecMainCode=1
        ExecMainStatus=1
        ExecStart={ path=/bin/false ; argv[]=/bin/false ; ignore_errors=no ; start_time=[Sun 2026-11-22 07:57:19 UTC] ; stop_time=[Sun 2026-11-22 07:57:19 UTC] ; pid=86 ; code=exited ; status=1 }
        Environment=
        WorkingDirectory=!/root
        User=
        Id=b.service
        LoadState=loaded
        ActiveState=failed
        SubState=failed
        InvocationID=67a20283ffbf4914bdc148e0ce3ea70b
        """;

    private const string Killed =
        """
        MainPID=0
        ExecMainCode=2
        ExecMainStatus=9
        ExecStart={ path=/bin/sleep ; argv[]=/bin/sleep 600 ; ignore_errors=no ; start_time=[Sun 2026-11-22 07:59:24 UTC] ; stop_time=[Sun 2026-11-22 07:59:24 UTC] ; pid=82 ; code=killed ; status=9/KILL }
        Environment=
        Id=k.service
        LoadState=loaded
        ActiveState=activating
        SubState=auto-restart
        """;

    private const string Missing =
        """
        Type=
        Restart=no
        MainPID=0
        Result=success
        Environment=
        Id=none.service
        LoadState=not-found
        ActiveState=inactive
        SubState=dead
        LoadError=org.freedesktop.systemd1.NoSuchUnit "Unit none.service not found."
        InvocationID=
        """;

    [Fact]
    public void One_block_for_each_unit_in_the_order_asked_for()
    {
        var blocks = ShowOutput.Parse(string.Join("\n\n", Running, Exited, Killed, Missing) + "\n");

        Assert.Equal(["a.service", "b.service", "k.service", "none.service"], blocks.Select(block => block["Id"]));
        Assert.Equal(["loaded", "loaded", "loaded", "not-found"], blocks.Select(block => block["LoadState"]));
        Assert.Equal(["active", "failed", "activating", "inactive"], blocks.Select(block => block["ActiveState"]));
        Assert.Equal(["84", "0", "0", "0"], blocks.Select(block => block["MainPID"]));
    }

    [Fact]
    public void Properties_forged_in_an_argument_are_not_properties()
    {
        var block = Assert.Single(ShowOutput.Parse(Running));
        Assert.Equal(("84", "a.service", "active", "loaded"), (block["MainPID"], block["Id"], block["ActiveState"], block["LoadState"]));
    }

    [Fact]
    public void The_argument_list_is_read_with_its_line_breaks()
    {
        var command = ShowOutput.ReadCommand(ShowOutput.Parse(Running)[0]["ExecStart"])!.Value;

        Assert.Equal("/opt/prog", command.Program);
        Assert.Equal(
            "/opt/prog two words line\nMainPID=1\n\nId=forged.service ; status=0/0 }\nActiveState=forged x ; start_time=[n/a] é\"q\\b",
            command.Command);
    }

    [Theory]
    [InlineData(Exited, "/bin/false")]
    [InlineData(Killed, "/bin/sleep 600")]
    public void The_argument_list_of_an_ended_process_is_read_too(string text, string command) =>
        Assert.Equal(command, ShowOutput.ReadCommand(ShowOutput.Parse(text)[0]["ExecStart"])!.Value.Command);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    public void What_is_no_command_is_no_command(string? value) => Assert.Null(ShowOutput.ReadCommand(value));

    [Fact]
    public void Environment_is_unquoted_exactly() => Assert.Equal(
        [
            "HERMES_GATEWAY_STAMP=1:0123456789abcdef:r1", "SPACED=two words", "QUOTE=a\"b'c\\d", "BREAK=l1\nMainPID=1",
            "DOLLAR=$HOME `x` !", "EMPTY=", "UNI=日本 é", "TAB=a\tb", "SEMI=a;b&c|d<e>", "CTL=\u0001\u007F", "DROP=1",
        ],
        ShowOutput.ReadWords(ShowOutput.Parse(Running)[0]["Environment"]).AsEnumerable());

    [Fact]
    public void Paths_with_blanks_are_one_word() => Assert.Equal(
        ["/home/me/.config/systemd/user/a.service.d/my drop.conf"],
        ShowOutput.ReadWords(ShowOutput.Parse(Running)[0]["DropInPaths"]).AsEnumerable());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void An_empty_list_has_no_words(string? value) => Assert.Empty(ShowOutput.ReadWords(value));

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("no property")]
    public void What_is_no_answer_has_no_blocks(string text) => Assert.Empty(ShowOutput.Parse(text));
}

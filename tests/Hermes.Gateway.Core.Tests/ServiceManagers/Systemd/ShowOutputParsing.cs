using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>The text was recorded from <c>systemctl --user show</c> on systemd 252.</summary>
public class ShowOutputParsing
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
    public void Gives_the_units_in_the_order_in_which_they_were_requested()
    {
        var units = ShowOutput.Parse(string.Join("\n\n", Running, Exited, Killed, Missing) + "\n");

        Assert.Equal(["a.service", "b.service", "k.service", "none.service"], units.Select(unit => unit["Id"]));
        Assert.Equal(["loaded", "loaded", "loaded", "not-found"], units.Select(unit => unit["LoadState"]));
        Assert.Equal(["active", "failed", "activating", "inactive"], units.Select(unit => unit["ActiveState"]));
        Assert.Equal(["84", "0", "0", "0"], units.Select(unit => unit["MainPID"]));
    }

    [Fact]
    public void Ignores_properties_forged_in_an_argument()
    {
        var unit = Assert.Single(ShowOutput.Parse(Running));
        Assert.Equal(("84", "a.service", "active", "loaded"), (unit["MainPID"], unit["Id"], unit["ActiveState"], unit["LoadState"]));
    }

    [Fact]
    public void Keeps_line_breaks_in_arguments()
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
    public void Reads_the_command_of_an_ended_process(string text, string command) =>
        Assert.Equal(command, ShowOutput.ReadCommand(ShowOutput.Parse(text)[0]["ExecStart"])!.Value.Command);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public void Finds_no_command_in_another_value(string value) => Assert.Null(ShowOutput.ReadCommand(value));

    [Fact]
    public void Unquotes_every_variable_of_the_environment() => Assert.Equal(
        [
            "HERMES_GATEWAY_STAMP=1:0123456789abcdef:r1", "SPACED=two words", "QUOTE=a\"b'c\\d", "BREAK=l1\nMainPID=1",
            "DOLLAR=$HOME `x` !", "EMPTY=", "UNI=日本 é", "TAB=a\tb", "SEMI=a;b&c|d<e>", "CTL=\u0001\u007F", "DROP=1",
        ],
        ShowOutput.ReadWords(ShowOutput.Parse(Running)[0]["Environment"]).AsEnumerable());

    [Fact]
    public void Reads_a_path_with_blanks_as_one_word() => Assert.Equal(
        ["/home/me/.config/systemd/user/a.service.d/my drop.conf"],
        ShowOutput.ReadWords(ShowOutput.Parse(Running)[0]["DropInPaths"]).AsEnumerable());

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Finds_no_words_in_an_empty_list(string value) => Assert.Empty(ShowOutput.ReadWords(value));

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("no property")]
    public void Finds_no_units_in_other_text(string text) => Assert.Empty(ShowOutput.Parse(text));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("10s", 10)]
    [InlineData("5min", 300)]
    [InlineData("1min 30s", 90)]
    [InlineData("1h 1min 1s", 3_661)]
    [InlineData("1.500s", 1.5)]
    [InlineData("100ms", 0.1)]
    [InlineData("1s 10us", 1.00001)]
    [InlineData("1d", 86_400)]
    [InlineData("1w 1d", 691_200)]
    [InlineData("1y", 31_557_600)]
    [InlineData("1month", 2_629_800)]
    public void Reads_a_time_span(string text, double seconds) =>
        Assert.Equal(seconds, ShowOutput.ReadTimeSpan(text)!.Value.TotalSeconds, precision: 6);

    [Theory]
    [InlineData("")]
    [InlineData("infinity")]
    [InlineData("10")]
    [InlineData("10 s")]
    [InlineData("s")]
    [InlineData("1.2.3s")]
    [InlineData("10parsecs")]
    [InlineData("999999999999y")]
    public void Finds_no_time_span_in_other_text(string text) => Assert.Null(ShowOutput.ReadTimeSpan(text));
}

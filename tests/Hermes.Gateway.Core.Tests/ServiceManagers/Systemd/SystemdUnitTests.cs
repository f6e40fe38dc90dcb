using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public class SystemdUnitTests
{
    private static readonly DesiredService Wanted = Sample.Desired();

    // The Python gateway's unit, as facts/field-reports.md 1.3 describes it (user scope).
    private const string PythonUnit =
        """
        [Unit]
        Description=Hermes Agent gateway
        After=network-online.target
        Wants=network-online.target
        StartLimitIntervalSec=0

        [Service]
        Type=simple
        ExecStart="/home/me/.hermes/venv/bin/python" "-m" "hermes" "gateway" "run"
        WorkingDirectory=/home/me/.hermes
        Environment="PATH=/home/me/.local/bin:/usr/local/bin:/usr/bin:/bin"
        Environment="HERMES_HOME=/home/me/.hermes"
        Environment="HERMES_SUPERVISED_CHILD=1"
        Restart=always
        RestartSec=5
        RestartForceExitStatus=75
        SuccessExitStatus=75
        RestartPreventExitStatus=78
        KillMode=mixed
        KillSignal=SIGTERM
        TimeoutStopSec=70
        ExecReload=/bin/kill -USR1 $MAINPID
        ExecStopPost=-/home/me/.hermes/reap
        StandardOutput=journal
        StandardError=journal

        [Install]
        WantedBy=default.target

        """;

    [Fact]
    public void The_same_definition_gives_the_same_bytes()
    {
        var text = SystemdUnit.Render(Wanted, null);

        Assert.Equal(text, SystemdUnit.Render(Sample.Desired(), null));
        Assert.Equal(text, SystemdUnit.Render(Wanted, text));
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
    }

    [Fact]
    public void Nothing_of_the_callers_environment_is_in_a_definition()
    {
        var text = SystemdUnit.Render(Wanted, null);
        Assert.DoesNotContain(Environment.GetEnvironmentVariable("PATH") ?? "PATH=", text, StringComparison.Ordinal);
        Assert.Equal(3, UnitFile.Parse(text).Values("Service", "Environment").Length);
    }

    [Fact]
    public void Foreign_directives_sections_and_their_comments_survive_every_repair()
    {
        const string additions =
            "[Service]\n# more files\nLimitNOFILE=4096\nEnvironment=THEIRS=1\n[Unit]\nOnFailure=mail.service\n"
            + "[X-Note]\n; by hand\nOwner=me\n[Install]\nAlias=other.service\n";
        var once = SystemdUnit.Render(Wanted, SystemdUnit.Render(Wanted, null) + additions);
        var twice = SystemdUnit.Render(Sample.Desired(Sample.Definition() with { Revision = "r2" }), once);

        foreach (var text in new[] { once, twice })
        {
            var lines = text.Split('\n').ToList();
            foreach (var line in new[] { "LimitNOFILE=4096", "Environment=THEIRS=1", "OnFailure=mail.service", "Owner=me", "Alias=other.service", "[X-Note]" })
                Assert.Single(lines, line);
            Assert.Equal("# more files", lines[lines.IndexOf("LimitNOFILE=4096") - 1]);
            Assert.Equal("; by hand", lines[lines.IndexOf("Owner=me") - 1]);
        }

        Assert.Equal(once, SystemdUnit.Render(Wanted, once));
        Assert.Equal(Wanted.Keys, Understand(once).Keys);
    }

    [Fact]
    public void A_comment_after_the_last_directive_survives_too() => Assert.Contains(
        "# remember the milk\n", SystemdUnit.Render(Wanted, SystemdUnit.Render(Wanted, null) + "# remember the milk\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Environment=")]
    [InlineData("Environment=\nEnvironment=THEIRS=1")]
    [InlineData("EnvironmentFile=")]
    [InlineData("ExecStart=")]
    public void An_empty_assignment_of_the_operator_never_empties_ours(string addition)
    {
        var wanted = Sample.Desired(Sample.Definition() with { EnvironmentFile = "/etc/my.env" });
        var repaired = SystemdUnit.Render(wanted, SystemdUnit.Render(wanted, null) + $"[Service]\n{addition}\n");
        var understood = SystemdUnit.Understand(repaired, wanted.Keys)!;

        Assert.Equal(wanted.Keys, understood.Keys);
        Assert.Equal(wanted.Stamp, understood.Stamp);
        Assert.DoesNotContain(UnitFile.Parse(repaired).Entries, entry => entry.Value.Length == 0);
        Assert.Equal(addition.Contains("THEIRS", StringComparison.Ordinal), repaired.Contains("THEIRS=1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_variable_that_is_no_longer_wanted_goes_and_the_operators_stay()
    {
        var old = Sample.Desired(Sample.Definition() with { Environment = Sample.Variables(("MODE", "fast"), ("OLD", "1")) });
        var seen = SystemdUnit.Render(old, null).Replace("\n[Install]", "Environment=THEIRS=1\n\n[Install]", StringComparison.Ordinal);
        var repaired = SystemdUnit.Render(Wanted, seen);

        Assert.Equal("1", Understand(seen).Keys["Environment[OLD]"]);
        Assert.DoesNotContain("OLD=1", repaired, StringComparison.Ordinal);
        Assert.Contains("THEIRS=1", repaired, StringComparison.Ordinal);
    }

    [Fact]
    public void An_environment_file_that_is_no_longer_wanted_goes_and_the_operators_stay()
    {
        var old = Sample.Desired(Sample.Definition() with { EnvironmentFile = "/etc/o l%d.env" });
        var seen = SystemdUnit.Render(old, SystemdUnit.Render(old, null) + "[Service]\nEnvironmentFile=-/etc/theirs.env\n");
        var repaired = SystemdUnit.Render(Wanted, seen);

        Assert.Equal("/etc/o l%d.env", Understand(seen).Keys["EnvironmentFile"]);
        Assert.Equal(["-/etc/theirs.env"], UnitFile.Parse(repaired).Values("Service", "EnvironmentFile").AsEnumerable());
    }

    [Fact]
    public void Our_variable_among_the_operators_in_one_line_is_ours()
    {
        var seen = "[Service]\nEnvironment=\"MODE=slow\" \"THEIRS=a b\"\nExecStart=/x\n";
        var repaired = SystemdUnit.Render(Wanted, seen);

        Assert.Equal("slow", Understand(seen).Keys["Environment[MODE]"]);
        Assert.Equal(Wanted.Keys, Understand(repaired).Keys);
        Assert.Contains("THEIRS=a b", repaired, StringComparison.Ordinal);
        Assert.DoesNotContain("MODE=slow", repaired, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_the_operator_in_our_lists_are_kept()
    {
        var repaired = UnitFile.Parse(SystemdUnit.Render(Wanted, "[Install]\nWantedBy=graphical-session.target default.target\n"));
        Assert.Equal(["default.target", "graphical-session.target"], repaired.Values("Install", "WantedBy").AsEnumerable());
    }

    [Fact]
    public void The_python_gateways_unit_is_understood_and_all_that_is_not_ours_is_kept()
    {
        var wanted = Sample.Desired(Sample.Definition("hermes-gateway"));
        var content = SystemdUnit.Understand(PythonUnit, wanted.Keys)!;

        Assert.Null(content.Stamp);
        Assert.Null(content.Source);
        Assert.Equal("/home/me/.hermes/venv/bin/python", content.Keys["Program"]);
        Assert.Equal("-m hermes gateway run", content.Keys["Arguments"]);
        Assert.Equal("/home/me/.hermes", content.Keys["WorkingDirectory"]);
        Assert.Equal(("always", "0"), (content.Keys["Restart"], content.Keys["StartLimitIntervalSec"]));

        var repaired = SystemdUnit.Render(wanted, PythonUnit);
        var file = UnitFile.Parse(repaired);
        Assert.Equal(wanted.Keys, SystemdUnit.Understand(repaired, wanted.Keys)!.Keys);
        Assert.Equal(wanted.Stamp, SystemdUnit.Understand(repaired, wanted.Keys)!.Stamp);
        foreach (var (key, value) in new[]
            {
                ("RestartForceExitStatus", "75"), ("SuccessExitStatus", "75"), ("RestartPreventExitStatus", "78"), ("KillMode", "mixed"),
                ("KillSignal", "SIGTERM"), ("TimeoutStopSec", "70"), ("ExecReload", "/bin/kill -USR1 $MAINPID"),
                ("ExecStopPost", "-/home/me/.hermes/reap"), ("StandardOutput", "journal"), ("StandardError", "journal"),
            })
            Assert.Equal(value, file.Last("Service", key));
        Assert.Contains("\"HERMES_HOME=/home/me/.hermes\"", file.Values("Service", "Environment"));
        Assert.Equal("network-online.target", file.Last("Unit", "After"));
        Assert.Single(file.Values("Service", "ExecStart"));
    }

    [Theory]
    [InlineData("ExecStart=/bin/sh -c \"echo $HOME\"")]
    [InlineData("ExecStart=-/opt/my/gateway run \"two words\"")]
    [InlineData("ExecStart=@/opt/my/gateway other run \"two words\"")]
    [InlineData("ExecStart=%h/gateway")]
    [InlineData("ExecStart=\"unbalanced")]
    public void A_command_that_is_more_than_ours_is_never_taken_for_ours(string command) =>
        Assert.NotEqual(Wanted.Keys["Program"], Understand($"[Service]\n{command}\n").Keys["Program"]);

    [Theory]
    [InlineData("")]
    [InlineData("\n# nothing\n")]
    [InlineData("<plist/>")]
    [InlineData("[Timer]\nOnCalendar=daily\n")]
    public void What_is_no_service_unit_is_not_understood(string text) =>
        Assert.Null(SystemdUnit.Understand(text, Wanted.Keys));

    [Fact]
    public void System_scope_waits_for_the_network_and_names_the_account()
    {
        var wanted = Sample.Desired(Sample.Definition() with { Scope = ServiceScope.System, User = "daemon" });
        var file = UnitFile.Parse(SystemdUnit.Render(wanted, null));

        Assert.Equal("network-online.target", file.Last("Unit", "After"));
        Assert.Equal(("daemon", "multi-user.target"), (file.Last("Service", "User"), file.Last("Install", "WantedBy")));
        Assert.Equal("/etc/systemd/system/my-gateway.service", wanted.DefinitionPath);
    }

    private static DefinitionContent Understand(string text) => SystemdUnit.Understand(text, Wanted.Keys)!;
}

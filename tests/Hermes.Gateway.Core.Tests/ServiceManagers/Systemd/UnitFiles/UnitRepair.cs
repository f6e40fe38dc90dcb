using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd.UnitFiles;

public class UnitRepair
{
    private static readonly DesiredService Wanted = Sample.Desired();

    private static readonly DesiredService WithExitCodes =
        Sample.Desired(Sample.Definition() with { RestartExitCodes = [75, 3], ParkExitCodes = [78] });

    // The Python gateway's unit in user scope.
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
    public void Gives_the_same_bytes_for_the_same_definition()
    {
        var text = SystemdUnit.Render(Wanted, null);

        Assert.Equal(text, SystemdUnit.Render(Sample.Desired(), null));
        Assert.Equal(text, SystemdUnit.Render(Wanted, text));
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
    }

    [Fact]
    public void Takes_no_variable_from_the_callers_environment()
    {
        var text = SystemdUnit.Render(Wanted, null);
        Assert.DoesNotContain(Environment.GetEnvironmentVariable("PATH") ?? "PATH=", text, StringComparison.Ordinal);
        Assert.Equal(3, UnitFile.Parse(text).Values("Service", "Environment").Length);
    }

    [Fact]
    public void Keeps_foreign_directives_and_sections_with_their_comments()
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
    public void Keeps_a_comment_after_the_last_directive() => Assert.Contains(
        "# remember the milk\n", SystemdUnit.Render(Wanted, SystemdUnit.Render(Wanted, null) + "# remember the milk\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Environment=")]
    [InlineData("Environment=\nEnvironment=THEIRS=1")]
    [InlineData("EnvironmentFile=")]
    [InlineData("ExecStart=")]
    public void Drops_an_empty_assignment_that_would_reset_an_owned_list(string addition)
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
    public void Removes_an_owned_variable_and_keeps_foreign_ones()
    {
        var old = Sample.Desired(Sample.Definition() with { Environment = Sample.Variables(("MODE", "fast"), ("OLD", "1")) });
        var seen = SystemdUnit.Render(old, null).Replace("\n[Install]", "Environment=THEIRS=1\n\n[Install]", StringComparison.Ordinal);
        var repaired = SystemdUnit.Render(Wanted, seen);

        Assert.Equal("1", Understand(seen).Keys["Environment[OLD]"]);
        Assert.DoesNotContain("OLD=1", repaired, StringComparison.Ordinal);
        Assert.Contains("THEIRS=1", repaired, StringComparison.Ordinal);
    }

    [Fact]
    public void Removes_an_owned_environment_file_and_keeps_foreign_ones()
    {
        var old = Sample.Desired(Sample.Definition() with { EnvironmentFile = "/etc/o l%d.env" });
        var seen = SystemdUnit.Render(old, SystemdUnit.Render(old, null) + "[Service]\nEnvironmentFile=-/etc/theirs.env\n");
        var repaired = SystemdUnit.Render(Wanted, seen);

        Assert.Equal("/etc/o l%d.env", Understand(seen).Keys["EnvironmentFile"]);
        Assert.Equal(["-/etc/theirs.env"], UnitFile.Parse(repaired).Values("Service", "EnvironmentFile").AsEnumerable());
    }

    [Fact]
    public void Replaces_an_owned_variable_on_a_line_with_foreign_ones()
    {
        var seen = "[Service]\nEnvironment=\"MODE=slow\" \"THEIRS=a b\"\nExecStart=/x\n";
        var repaired = SystemdUnit.Render(Wanted, seen);

        Assert.Equal("slow", Understand(seen).Keys["Environment[MODE]"]);
        Assert.Equal(Wanted.Keys, Understand(repaired).Keys);
        Assert.Contains("THEIRS=a b", repaired, StringComparison.Ordinal);
        Assert.DoesNotContain("MODE=slow", repaired, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_foreign_units_in_an_owned_list()
    {
        var repaired = UnitFile.Parse(SystemdUnit.Render(Wanted, "[Install]\nWantedBy=graphical-session.target default.target\n"));
        Assert.Equal(["default.target", "graphical-session.target"], repaired.Values("Install", "WantedBy").AsEnumerable());
    }

    [Fact]
    public void Understands_the_python_gateways_unit_and_keeps_its_foreign_directives()
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
    public void Takes_a_command_with_prefixes_or_expansions_for_another_program(string command) =>
        Assert.NotEqual(Wanted.Keys["Program"], Understand($"[Service]\n{command}\n").Keys["Program"]);

    [Theory]
    [InlineData("")]
    [InlineData("\n# nothing\n")]
    [InlineData("<plist/>")]
    [InlineData("[Timer]\nOnCalendar=daily\n")]
    public void Understands_no_other_text_than_service_units(string text) =>
        Assert.Null(SystemdUnit.Understand(text, Wanted.Keys));

    [Fact]
    public void Writes_the_account_and_network_dependency_in_system_scope()
    {
        var wanted = Sample.Desired(Sample.Definition() with { Scope = ServiceScope.System, User = "daemon" });
        var file = UnitFile.Parse(SystemdUnit.Render(wanted, null));

        Assert.Equal("network-online.target", file.Last("Unit", "After"));
        Assert.Equal(("daemon", "multi-user.target"), (file.Last("Service", "User"), file.Last("Install", "WantedBy")));
        Assert.Equal("/etc/systemd/system/my-gateway.service", wanted.DefinitionPath);
    }

    [Fact]
    public void Writes_exit_codes_as_sorted_lists()
    {
        var lines = SystemdUnit.Render(WithExitCodes, null).Split('\n');

        Assert.Contains("RestartForceExitStatus=3 75", lines);
        Assert.Contains("SuccessExitStatus=3 75", lines);
        Assert.Contains("RestartPreventExitStatus=78", lines);
    }

    [Fact]
    public void Keeps_foreign_exit_code_directives_when_none_are_wanted()
    {
        var wanted = Sample.Desired();
        var text = SystemdUnit.Render(wanted, SystemdUnit.Render(wanted, null) + "\n[Service]\nSuccessExitStatus=143\n");

        Assert.Contains("SuccessExitStatus=143", text.Split('\n'));
        Assert.Equal(wanted.Keys, SystemdUnit.Understand(text, wanted.Keys)!.Keys);
    }

    [Fact]
    public void Removes_exit_codes_that_are_no_longer_wanted()
    {
        var wanted = Sample.Desired();
        var text = SystemdUnit.Render(WithExitCodes, null);

        Assert.NotEqual(wanted.Keys, SystemdUnit.Understand(text, wanted.Keys)!.Keys);
        Assert.DoesNotContain("ExitStatus=", SystemdUnit.Render(wanted, text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SuccessExitStatus=75 3\n", "3 75")]
    [InlineData("SuccessExitStatus=3\nSuccessExitStatus=75\n", "3 75")]
    [InlineData("SuccessExitStatus=9\nSuccessExitStatus=\nSuccessExitStatus=75\t3 3\n", "3 75")]
    [InlineData("SuccessExitStatus=75\nSuccessExitStatus=SIGKILL 9\n", "9 75 SIGKILL")]
    public void Adds_up_repeated_exit_code_lists_in_any_order(string lines, string meaning) =>
        Assert.Equal(meaning, SystemdUnit.Understand("[Service]\n" + lines, WithExitCodes.Keys)!.Keys["SuccessExitStatus"]);

    private static DefinitionContent Understand(string text) => SystemdUnit.Understand(text, Wanted.Keys)!;
}

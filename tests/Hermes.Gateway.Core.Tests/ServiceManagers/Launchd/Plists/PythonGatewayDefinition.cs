using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

/// <summary>Definitions as three versions of the Python Hermes Agent gateway wrote them, after public reports.</summary>
public class PythonGatewayDefinition
{
    private static readonly DesiredService Wanted = LaunchdSample.Desired(
        Sample.Job("hermes-gateway") with { Identifier = "ai.hermes.gateway" });

    private const string Head =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">

        """;

    // The first version: python itself, restarted on failure.
    private const string Oldest = Head +
        """
        <dict>
            <key>Label</key>
            <string>ai.hermes.gateway</string>
            <key>ProgramArguments</key>
            <array>
                <string>/Users/me/.hermes/venv/bin/python</string>
                <string>-m</string>
                <string>hermes_cli.main</string>
                <string>gateway</string>
                <string>run</string>
                <string>--replace</string>
            </array>
            <key>WorkingDirectory</key>
            <string>/Users/me/hermes-agent</string>
            <key>EnvironmentVariables</key>
            <dict>
                <key>PATH</key>
                <string>/Users/me/.local/bin:/opt/homebrew/bin:/usr/bin:/bin</string>
                <key>VIRTUAL_ENV</key>
                <string>/Users/me/.hermes/venv</string>
                <key>HERMES_HOME</key>
                <string>/Users/me/.hermes</string>
            </dict>
            <key>RunAtLoad</key>
            <true/>
            <key>KeepAlive</key>
            <dict>
                <key>SuccessfulExit</key>
                <false/>
            </dict>
            <key>StandardOutPath</key>
            <string>/Users/me/.hermes/logs/gateway.log</string>
            <key>StandardErrorPath</key>
            <string>/Users/me/.hermes/logs/gateway.error.log</string>
        </dict>
        </plist>
        """;

    // A later version: a wrapper script, restarted always; edited by an operator, with limits and comments.
    private const string Edited = Head +
        """
        <dict>
            <!-- managed by hand since spring -->
            <key>Label</key><!-- do not change -->
            <string>ai.hermes.gateway</string>
            <key>LimitLoadToSessionType</key>
            <array>
                <string>Aqua</string>
                <string>Background</string>
            </array>
            <key>ProgramArguments</key>
            <array>
                <string>/Users/me/.hermes/venv/bin/python</string>
                <string>/Users/me/hermes-agent/stamp_stderr.py</string>
                <string>--</string>
                <string>/Users/me/.hermes/venv/bin/python</string>
                <string>-m</string>
                <string>hermes_cli.main</string>
                <string>gateway</string>
                <string>run</string>
                <string>--external-supervisor</string>
            </array>
            <key>EnvironmentVariables</key>
            <dict>
                <key>PATH</key>
                <string>/Users/me/my tools/bin:/usr/bin:/bin</string>
                <!-- for the second account -->
                <key>API_TOKEN</key>
                <string><![CDATA[a&b]]>&lt;c</string>
                <key>HERMES_HOME</key>
                <string>/Users/me/.hermes</string>
                <key>HERMES_SUPERVISED_CHILD</key>
                <string>1</string>
            </dict>
            <key>WorkingDirectory</key>
            <string>/Users/me/.hermes</string>
            <key>RunAtLoad</key>
            <true/>
            <key>KeepAlive</key>
            <true/>
            <key>ThrottleInterval</key>
            <integer>30</integer>
            <key>ExitTimeOut</key>
            <integer>25</integer>
            <!-- <key>HardResourceLimits</key> <dict/> -->
            <key>SoftResourceLimits</key>
            <dict>
                <key>NumberOfFiles</key>
                <integer>4096</integer>
            </dict>
            <key>StandardOutPath</key>
            <string>/Users/me/.hermes/logs/gateway.log</string>
            <key>StandardErrorPath</key>
            <string>/Users/me/.hermes/logs/gateway.error.log</string>
        </dict>
        </plist>
        """;

    // The latest version: the whole command is a JavaScript for osascript, which quotes a shell command.
    private const string Newest = Head +
        """
        <dict>
            <key>Label</key>
            <string>ai.hermes.gateway</string>
            <key>ProgramArguments</key>
            <array>
                <string>/usr/bin/osascript</string>
                <string>-l</string>
                <string>JavaScript</string>
                <string>-e</string>
                <string>ObjC.bindFunction('system', ['int', ['char *']]);
        var status = $.system("exec '/Users/me/.hermes/venv/bin/python' -m hermes_cli.main gateway run &gt;&gt; '/Users/me/.hermes/logs/gateway.log' 2&gt;&gt; '/Users/me/.hermes/logs/gateway.error.log'");
        $.exit(status &gt;&gt; 8);</string>
            </array>
            <key>WorkingDirectory</key>
            <string>/Users/me/.hermes</string>
            <key>EnvironmentVariables</key>
            <dict>
                <key>PATH</key>
                <string>/usr/bin:/bin</string>
                <key>HERMES_HOME</key>
                <string>/Users/me/.hermes</string>
                <key>HERMES_SUPERVISED_CHILD</key>
                <string>1</string>
            </dict>
            <key>LimitLoadToSessionType</key>
            <array><string>Aqua</string><string>Background</string></array>
            <key>RunAtLoad</key>
            <true/>
            <key>KeepAlive</key>
            <dict><key>SuccessfulExit</key><false/></dict>
            <key>ThrottleInterval</key>
            <integer>30</integer>
            <key>ExitTimeOut</key>
            <integer>60</integer>
            <key>StandardOutPath</key>
            <string>/Users/me/.hermes/logs/gateway.log</string>
            <key>StandardErrorPath</key>
            <string>/Users/me/.hermes/logs/gateway.error.log</string>
        </dict>
        </plist>
        """;

    [Theory]
    [InlineData(Oldest, "/Users/me/.hermes/venv/bin/python", "-m hermes_cli.main gateway run --replace", "/Users/me/hermes-agent", "on-failure")]
    [InlineData(Edited, "/Users/me/.hermes/venv/bin/python", "/Users/me/hermes-agent/stamp_stderr.py -- /Users/me/.hermes/venv/bin/python -m hermes_cli.main gateway run --external-supervisor", "/Users/me/.hermes", "always")]
    [InlineData(Newest, "/usr/bin/osascript", null, "/Users/me/.hermes", "on-failure")]
    public void Is_read_as_a_definition_without_stamp(string text, string program, string? arguments, string folder, string restart)
    {
        var content = LaunchdPlist.Understand(text, Wanted.Keys)!;

        Assert.Null(content.Stamp);
        Assert.Null(content.Source);
        Assert.Equal(("ai.hermes.gateway", program, folder), (content.Keys["Label"], content.Keys["Program"], content.Keys["WorkingDirectory"]));
        Assert.Equal((restart, "true"), (content.Keys["Restart"], content.Keys["RunAtLoad"]));
        Assert.Equal("/Users/me/.hermes/logs/gateway.log", content.Keys["StandardOutPath"]);
        if (arguments is not null) Assert.Equal(arguments, content.Keys["Arguments"]);
        else Assert.Contains("gateway run >> ", content.Keys["Arguments"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Oldest)]
    [InlineData(Edited)]
    [InlineData(Newest)]
    public void Adoption_replaces_the_python_command_by_the_desired_keys(string text)
    {
        var adopted = LaunchdPlist.Render(Wanted, text);
        var content = LaunchdPlist.Understand(adopted, Wanted.Keys)!;

        Assert.Equal(Wanted.Keys, content.Keys);
        Assert.Equal((Wanted.Stamp, Wanted.Definition.Source), (content.Stamp, content.Source));
        foreach (var gone in new[] { "/bin/python", "osascript", "/Users/me/hermes-agent", "/Users/me/.hermes/logs" })
            Assert.DoesNotContain(gone, adopted, StringComparison.Ordinal);
        Assert.Equal(adopted, LaunchdPlist.Render(Wanted, adopted));
    }

    [Fact]
    public void Adoption_keeps_variables_limits_and_timeouts()
    {
        string[] Kept(string text) => [.. LaunchdPlist.Understand(LaunchdPlist.Render(Wanted, text), Wanted.Keys)!.Foreign];

        Assert.Equal(
            [
                "EnvironmentVariables[PATH]=/Users/me/.local/bin:/opt/homebrew/bin:/usr/bin:/bin",
                "EnvironmentVariables[VIRTUAL_ENV]=/Users/me/.hermes/venv", "EnvironmentVariables[HERMES_HOME]=/Users/me/.hermes",
            ],
            Kept(Oldest));
        Assert.Equal(
            [
                "EnvironmentVariables[PATH]=/Users/me/my tools/bin:/usr/bin:/bin", "EnvironmentVariables[API_TOKEN]=a&b<c",
                "EnvironmentVariables[HERMES_HOME]=/Users/me/.hermes", "EnvironmentVariables[HERMES_SUPERVISED_CHILD]=1",
                "ThrottleInterval=30", "ExitTimeOut=25", "SoftResourceLimits={…}",
            ],
            Kept(Edited));
        Assert.Equal(
            [
                "EnvironmentVariables[PATH]=/usr/bin:/bin", "EnvironmentVariables[HERMES_HOME]=/Users/me/.hermes",
                "EnvironmentVariables[HERMES_SUPERVISED_CHILD]=1", "ThrottleInterval=30", "ExitTimeOut=60",
            ],
            Kept(Newest));
    }

    [Fact]
    public void Adoption_keeps_comments_of_foreign_entries_only()
    {
        var adopted = LaunchdPlist.Render(Wanted, Edited);

        Assert.Contains("\t\t<!-- for the second account -->\n\t\t<key>API_TOKEN</key>\n\t\t<string>a&amp;b&lt;c</string>\n", adopted, StringComparison.Ordinal);
        Assert.Contains("\t<!-- <key>HardResourceLimits</key> <dict/> -->\n\t<key>SoftResourceLimits</key>\n", adopted, StringComparison.Ordinal);
        Assert.DoesNotContain("since spring", adopted, StringComparison.Ordinal);
        Assert.DoesNotContain("do not change", adopted, StringComparison.Ordinal);
    }

    // The first version did not escape paths.
    [Fact]
    public void Unescaped_markup_in_a_path_is_rejected() =>
        Assert.Null(LaunchdPlist.Understand(Oldest.Replace("/Users/me/hermes-agent", "/Users/me/R&D", StringComparison.Ordinal), Wanted.Keys));
}

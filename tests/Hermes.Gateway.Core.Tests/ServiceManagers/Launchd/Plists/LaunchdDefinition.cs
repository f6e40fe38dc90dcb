using System.Xml.Linq;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

public class LaunchdDefinition
{
    private static readonly DesiredService Wanted = LaunchdSample.Desired();

    [Fact]
    public void New_definition_has_the_expected_text() => Assert.Equal(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <dict>
        	<!-- Written by Hermes.Gateway. The keys listed under HermesGatewayOwned are rewritten by the next deploy; all others are yours and are kept. -->
        	<key>Label</key>
        	<string>my-gateway</string>
        	<key>ProgramArguments</key>
        	<array>
        		<string>/opt/my/gateway</string>
        		<string>run</string>
        		<string>two words</string>
        	</array>
        	<key>WorkingDirectory</key>
        	<string>/opt/my</string>
        	<key>EnvironmentVariables</key>
        	<dict>
        		<key>HERMES_GATEWAY_STAMP</key>
        		<string>STAMP</string>
        		<key>HERMES_GATEWAY_SOURCE</key>
        		<string>/src/my/Gateway.csproj</string>
        		<key>MODE</key>
        		<string>fast</string>
        	</dict>
        	<key>RunAtLoad</key>
        	<true/>
        	<key>KeepAlive</key>
        	<dict>
        		<key>SuccessfulExit</key>
        		<false/>
        	</dict>
        	<key>StandardOutPath</key>
        	<string>/Users/me/Library/Logs/my gateway.log</string>
        	<key>StandardErrorPath</key>
        	<string>/Users/me/Library/Logs/my gateway.error.log</string>
        	<key>ThrottleInterval</key>
        	<integer>10</integer>
        	<key>ExitTimeOut</key>
        	<integer>20</integer>
        	<key>LimitLoadToSessionType</key>
        	<array>
        		<string>Aqua</string>
        		<string>Background</string>
        	</array>
        	<key>HermesGatewayOwned</key>
        	<array>
        		<string>Arguments</string>
        		<string>Environment[MODE]</string>
        		<string>Label</string>
        		<string>Program</string>
        		<string>Restart</string>
        		<string>RunAtLoad</string>
        		<string>Source</string>
        		<string>StandardErrorPath</string>
        		<string>StandardOutPath</string>
        		<string>WorkingDirectory</string>
        	</array>
        </dict>
        </plist>

        """.Replace("STAMP</string>", $"{Wanted.Stamp}</string>", StringComparison.Ordinal),
        LaunchdPlist.Render(Wanted, null));

    [Fact]
    public void System_scope_has_an_account_and_no_session_type()
    {
        var wanted = LaunchdSample.Desired(Sample.Job() with { Scope = ServiceScope.System, User = "daemon" });
        var dict = PlistXml.TryParse(LaunchdPlist.Render(wanted, null))!;

        Assert.Equal("daemon", PlistXml.GetText(PlistXml.GetValue(dict, "UserName")));
        Assert.Null(PlistXml.GetValue(dict, "LimitLoadToSessionType"));
        Assert.Equal("daemon", Understand(LaunchdPlist.Render(wanted, null)).Keys["User"]);
    }

    [Theory]
    [InlineData(RestartPolicy.OnFailure, "<dict><key>SuccessfulExit</key><false /></dict>")]
    [InlineData(RestartPolicy.Always, "<true />")]
    [InlineData(RestartPolicy.No, null)]
    public void Restart_policy_is_rendered_as_KeepAlive(RestartPolicy restart, string? expected)
    {
        var wanted = LaunchdSample.Desired(Sample.Job() with { Restart = restart });
        var keepAlive = PlistXml.GetValue(PlistXml.TryParse(LaunchdPlist.Render(wanted, null))!, "KeepAlive");
        Assert.Equal(expected, keepAlive?.ToString(SaveOptions.DisableFormatting));
    }

    [Theory]
    [InlineData("", "no")]
    [InlineData("<key>KeepAlive</key><false/>", "no")]
    [InlineData("<key>KeepAlive</key><true/>", "always")]
    [InlineData("<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>", "on-failure")]
    [InlineData("<key>KeepAlive</key><dict><key>SuccessfulExit</key><true/></dict>", "{SuccessfulExit: true}")]
    [InlineData("<key>KeepAlive</key><dict><key>NetworkState</key><true/></dict>", "{NetworkState: true}")]
    [InlineData("<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/><key>Crashed</key><true/></dict>", "{SuccessfulExit: false, Crashed: true}")]
    [InlineData("<key>KeepAlive</key><dict><key>PathState</key><dict><key>/x</key><true/></dict></dict>", "{PathState: {…}}")]
    [InlineData("<key>KeepAlive</key><dict/>", "{}")]
    [InlineData("<key>KeepAlive</key><string>always</string>", "<string>always</string>")]
    public void Other_KeepAlive_is_reported_and_repaired(string entries, string expected)
    {
        var seen = LaunchdSample.Plist(entries);
        Assert.Equal(expected, Understand(seen).Keys["Restart"]);
        Assert.Equal(LaunchdPlist.Render(Wanted, null), LaunchdPlist.Render(Wanted, seen));
    }

    [Fact]
    public void Foreign_entries_and_their_comments_survive_every_repair()
    {
        var seen = LaunchdPlist.Render(Wanted, null)
            .Replace(
                "\t<key>Label</key>",
                "\t<!-- first -->\n\t<key>Nice</key>\n\t<integer>5</integer>\n\t<key>Label</key>", StringComparison.Ordinal)
            .Replace(
                "</dict>\n</plist>",
                "\t<!-- more files -->\n\t<!-- (measured) -->\n\t<key>SoftResourceLimits</key>\n\t<dict>\n\t\t<!-- in -->\n"
                + "\t\t<key>NumberOfFiles</key>\n\t\t<integer>4096</integer>\n\t</dict>\n\t<key>Blob</key>\n\t<data>AAEC</data>\n"
                + "\t<!-- remember the milk -->\n</dict>\n</plist>", StringComparison.Ordinal)
            .Replace(
                "\t\t<key>MODE</key>",
                "\t\t<!-- theirs -->\n\t\t<key>THEIRS</key>\n\t\t<string> a\n b </string>\n\t\t<key>MODE</key>", StringComparison.Ordinal)
            .Replace("<string>fast</string>\n", "<string>fast</string>\n\t\t<!-- PROXY=1 -->\n", StringComparison.Ordinal);
        var once = LaunchdPlist.Render(Wanted, seen);
        var twice = LaunchdPlist.Render(LaunchdSample.Desired(Sample.Job() with { Revision = "r2", Arguments = [] }), once);

        foreach (var text in new[] { once, twice })
        {
            foreach (var block in new[]
                {
                    "\t<!-- first -->\n\t<key>Nice</key>\n\t<integer>5</integer>\n",
                    "\t<!-- more files -->\n\t<!-- (measured) -->\n\t<key>SoftResourceLimits</key>\n\t<dict>\n\t\t<!-- in -->\n\t\t<key>NumberOfFiles</key>\n",
                    "\t<key>Blob</key>\n\t<data>AAEC</data>\n",
                    "\t<!-- remember the milk -->\n</dict>\n</plist>\n",
                    "\t\t<!-- PROXY=1 -->\n\t</dict>\n",
                    "\t\t<!-- theirs -->\n\t\t<key>THEIRS</key>\n\t\t<string> a\n b </string>\n",
                })
                Assert.Equal(2, text.Split(block).Length);
            Assert.Equal(2, text.Split("Written by Hermes.Gateway").Length);
            Assert.Equal(
                ["EnvironmentVariables[THEIRS]= a\\u000a b ", "Nice=5", "SoftResourceLimits={…}", "Blob=AAEC"],
                Understand(text).Foreign.AsEnumerable());
        }

        Assert.Equal(once, LaunchdPlist.Render(Wanted, once));
        Assert.Equal(Wanted.Keys, Understand(once).Keys);
    }

    [Fact]
    public void Other_order_layout_or_escaping_is_no_drift()
    {
        var tree = PlistXml.TryParse(LaunchdPlist.Render(Wanted, null))!;
        var entries = PlistXml.GetEntries(tree).Reverse().Select(entry => (entry.Key, entry.Value)).ToList();
        var shuffled = PlistXml.Dict(entries).ToString().Replace("<key>", "<!-- x -->\r\n<key>", StringComparison.Ordinal)
            .Replace("<string>run</string>", "<string><![CDATA[ru]]>&#110;</string>", StringComparison.Ordinal);
        var content = Understand($"<plist>{shuffled}</plist>");

        Assert.Equal(Wanted.Keys, content.Keys);
        Assert.Equal((Wanted.Stamp, Wanted.Definition.Source), (content.Stamp, content.Source));
        Assert.Empty(content.Foreign);
    }

    [Fact]
    public void Owned_keys_that_are_no_longer_desired_are_removed()
    {
        var old = LaunchdSample.Desired(Sample.Job() with
        {
            EnvironmentFile = "/etc/old.env", Environment = Sample.Variables(("MODE", "fast"), ("OLD", "1")),
        });
        var seen = LaunchdPlist.Render(old, null).Replace(
            "<key>MODE</key>", "<key>THEIRS</key><string>1</string><key>MODE</key>", StringComparison.Ordinal);
        var repaired = LaunchdPlist.Render(Wanted, seen);

        Assert.Equal(("1", "/etc/old.env"), (Understand(seen).Keys["Environment[OLD]"], Understand(seen).Keys["EnvironmentFile"]));
        Assert.Equal(Wanted.Keys, Understand(repaired).Keys);
        Assert.DoesNotContain("OLD", repaired, StringComparison.Ordinal);
        Assert.DoesNotContain("/bin/sh", repaired, StringComparison.Ordinal);
        Assert.Equal(["EnvironmentVariables[THEIRS]=1"], Understand(repaired).Foreign.AsEnumerable());
    }

    [Fact]
    public void Defaults_that_an_operator_changed_are_kept()
    {
        var seen = LaunchdPlist.Render(Wanted, null)
            .Replace("<integer>20</integer>", "<integer>60</integer>", StringComparison.Ordinal)
            .Replace("\t\t<string>Background</string>\n", "", StringComparison.Ordinal)
            .Replace("\t<key>ThrottleInterval</key>", "\t<!-- slowly -->\n\t<key>ThrottleInterval</key>", StringComparison.Ordinal);

        Assert.Equal(seen, LaunchdPlist.Render(Wanted, seen));
        Assert.Equal(Wanted.Keys, Understand(seen).Keys);
        Assert.Equal(["ExitTimeOut=60", "LimitLoadToSessionType=[Aqua]"], Understand(seen).Foreign.AsEnumerable());
        Assert.Empty(Understand(LaunchdPlist.Render(Wanted, null)).Foreign);
    }

    [Theory]
    [InlineData("BundleProgram", "<string>Contents/x</string>", "Contents/x")]
    [InlineData("RootDirectory", "<string>/jail</string>", "/jail")]
    [InlineData("OnDemand", "<false/>", "false")]
    [InlineData("OnDemand", "<true/>", "true")]
    [InlineData("Disabled", "<true/>", "true")]
    [InlineData("Disabled", "<dict><key>#</key><true/></dict>", "{…}")]
    [InlineData("LaunchOnlyOnce", "<true/>", "true")]
    [InlineData("inetdCompatibility", "<dict><key>Wait</key><true/></dict>", "{…}")]
    [InlineData("EnableGlobbing", "<true/>", "true")]
    [InlineData("WaitForDebugger", "<true/>", "true")]
    public void Key_that_contradicts_the_definition_is_reported_and_removed(string key, string value, string shown)
    {
        var seen = With($"<key>{key}</key>{value}");
        Assert.Equal(shown, Understand(seen).Keys[key]);
        Assert.Empty(Understand(seen).Foreign);
        Assert.Equal(LaunchdPlist.Render(Wanted, null), LaunchdPlist.Render(Wanted, seen));
    }

    [Theory]
    [InlineData("Disabled", "<false/>", "false")]
    [InlineData("LaunchOnlyOnce", "<false/>", "false")]
    [InlineData("UserName", "<string>bob</string>", "bob")]
    [InlineData("GroupName", "<string>staff</string>", "staff")]
    [InlineData("StartInterval", "<integer>300</integer>", "300")]
    [InlineData("AbandonProcessGroup", "<true/>", "true")]
    [InlineData("WatchPaths", "<array><string>/a</string><dict/></array>", "[/a, {}]")]
    public void Foreign_key_without_contradiction_is_kept(string key, string value, string shown)
    {
        var seen = With($"<key>{key}</key>{value}");
        Assert.Equal(Wanted.Keys, Understand(seen).Keys);
        Assert.Equal([$"{key}={shown}"], Understand(LaunchdPlist.Render(Wanted, seen)).Foreign.AsEnumerable());
    }

    [Theory]
    [InlineData("<key>Program</key><string>/x/real</string>", "/x/real", "(called /opt/my/gateway) run 'two words'")]
    [InlineData("<key>Program</key><string>/opt/my/gateway</string>", "/opt/my/gateway", "run 'two words'")]
    [InlineData("<key>Program</key><string>/opt/my/gateway</string><key>ProgramArguments</key><array><string>other</string><string>run</string><string>two words</string></array>", "/opt/my/gateway", "(called other) run 'two words'")]
    [InlineData("<key>Program</key><string>/x</string><key>ProgramArguments</key><array/>", "/x", "")]
    [InlineData("<key>Program</key><true/>", "<true />", "")]
    [InlineData("<key>Program</key><string>/opt/my/gateway</string><key>ProgramArguments</key><true/>", "<true />", "")]
    [InlineData("<key>ProgramArguments</key><string>/opt/my/gateway run 'two words'</string>", "<string>/opt/my/gateway run 'two words'</string>", "")]
    [InlineData("<key>ProgramArguments</key><array><string>/opt/my/gateway</string><integer>1</integer></array>", "<array><string>/opt/my/gateway</string><integer>1</integer></array>", "")]
    [InlineData("<key>ProgramArguments</key><array/>", null, null)]
    public void Other_command_is_reported_and_repaired(string entries, string? program, string? arguments)
    {
        var seen = With(entries);
        var keys = Understand(seen).Keys;
        Assert.Equal((program, arguments), (keys.GetValueOrDefault("Program"), keys.GetValueOrDefault("Arguments")));
        Assert.Equal(LaunchdPlist.Render(Wanted, null), LaunchdPlist.Render(Wanted, seen));
    }

    [Theory]
    [InlineData("<key>Label</key><integer>1</integer>", "Label", "<integer>1</integer>")]
    [InlineData("<key>Label</key><string>my-gateway\n</string>", "Label", "my-gateway\n")]
    [InlineData("<key>WorkingDirectory</key><array/>", "WorkingDirectory", "<array />")]
    [InlineData("<key>RunAtLoad</key><false/>", "RunAtLoad", "false")]
    [InlineData("<key>RunAtLoad</key><string>true</string>", "RunAtLoad", "<string>true</string>")]
    [InlineData("<key>EnvironmentVariables</key><dict><key>MODE</key><true/></dict>", "Environment[MODE]", "<true />")]
    [InlineData("<key>EnvironmentVariables</key><array/>", "Environment[MODE]", null)]
    [InlineData("<key>EnvironmentVariables</key><dict><key>HERMES_GATEWAY_SOURCE</key><true/></dict>", "Source", null)]
    public void Value_of_the_wrong_type_is_reported_and_repaired(string entries, string key, string? expected)
    {
        var seen = With(entries);
        Assert.Equal(expected, Understand(seen).Keys.GetValueOrDefault(key));
        Assert.Equal(LaunchdPlist.Render(Wanted, null), LaunchdPlist.Render(Wanted, seen));
    }

    [Theory]
    [InlineData("<key>HermesGatewayOwned</key><string>Label</string>")]
    [InlineData("<key>HermesGatewayOwned</key><array><integer>1</integer></array>")]
    [InlineData("<key>EnvironmentVariables</key><dict><key>HERMES_GATEWAY_STAMP</key><integer>1</integer></dict>")]
    [InlineData("<key>EnvironmentVariables</key><dict><key>HERMES_GATEWAY_STAMP</key><string>9:x:y</string></dict>")]
    public void Damaged_stamp_or_list_of_owned_keys_is_repaired(string entries) =>
        Assert.Equal(LaunchdPlist.Render(Wanted, null), LaunchdPlist.Render(Wanted, With(entries)));

    [Fact]
    public void Environment_file_is_recognized_by_its_exact_command_only()
    {
        var wanted = LaunchdSample.Desired(Sample.Job() with { EnvironmentFile = "/etc/my gateway.env" });
        var text = LaunchdPlist.Render(wanted, null);
        Assert.Equal(wanted.Keys, Understand(text).Keys);
        Assert.Equal(
            ["/bin/sh", "-c", "hermes-gateway", "/etc/my gateway.env", "/opt/my/gateway", "run", "two words"],
            ProgramArguments.Create(wanted.Definition).RemoveAt(2).AsEnumerable());

        var changed = Understand(text.Replace("_hg_f=$1; shift;", "_hg_f=$1; shift; true;", StringComparison.Ordinal));
        Assert.Equal("/bin/sh", changed.Keys["Program"]);
        Assert.DoesNotContain("EnvironmentFile", changed.Keys.Keys);

        // A program with the same command, but without the property for an environment file, has no environment file.
        var theirs = LaunchdSample.Desired(Sample.Job() with
        {
            Program = "/bin/sh", Arguments = ProgramArguments.Create(wanted.Definition).RemoveAt(0),
        });
        Assert.Equal(theirs.Keys, LaunchdPlist.Understand(LaunchdPlist.Render(theirs, null), theirs.Keys)!.Keys);
    }

    [Fact]
    public void Definition_with_an_earlier_environment_file_script_is_owned_and_stale()
    {
        var wanted = LaunchdSample.Desired(Sample.Job() with { EnvironmentFile = "/etc/my gateway.env" });
        var text = LaunchdPlist.Render(wanted, null);
        var earlier = text.Replace("|HISTCMD|", "|", StringComparison.Ordinal);
        Assert.NotEqual(text, earlier);

        var content = LaunchdPlist.Understand(earlier, wanted.Keys)!;
        Assert.Equal((wanted.Stamp, wanted.Definition.Source), (content.Stamp, content.Source));
        Assert.Empty(content.Foreign);
        var comparison = Comparison.Of(wanted, Seen.AllCurrent(Sample.Desired()) with
        {
            DefinitionPath = wanted.DefinitionPath,
            Installed = new InstalledFacts(InstalledKind.Present, earlier, content, SourceExists: true, "on disk"),
        });

        Assert.Equal((Ownership.Ours, InstalledState.Stale), (comparison.Ownership, comparison.States.Installed));
        Assert.Equal(
            ["Arguments", "EnvironmentFile", "Program"],
            comparison.Drifts.Where(drift => drift.Layer == Layer.Installed).Select(drift => drift.Key).Order(StringComparer.Ordinal));
        Assert.Equal(text, LaunchdPlist.Render(wanted, earlier));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[Unit]\nDescription=x\n")]
    [InlineData("<plist><array/></plist>")]
    [InlineData("<plist><dict><key>Label</key></dict></plist>")]
    public void File_that_is_no_property_list_is_replaced(string text)
    {
        Assert.Null(LaunchdPlist.Understand(text, Wanted.Keys));
        Assert.Equal(LaunchdPlist.Render(Wanted, null), LaunchdPlist.Render(Wanted, text));
    }

    // Of equal keys the last one counts, so these entries replace the rendered ones.
    private static string With(string entries) =>
        LaunchdPlist.Render(Wanted, null).Replace("</dict>\n</plist>", entries + "</dict>\n</plist>", StringComparison.Ordinal);

    private static DefinitionContent Understand(string text) => LaunchdPlist.Understand(text, Wanted.Keys)!;
}

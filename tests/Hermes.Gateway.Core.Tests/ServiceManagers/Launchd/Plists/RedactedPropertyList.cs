using System.Collections.Immutable;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

public class RedactedPropertyList
{
    private static readonly ImmutableHashSet<string> Owned = ["Environment[MODE]", "Environment[API_TOKEN]"];

    [Fact]
    public void Secrets_in_the_command_are_hidden()
    {
        var list = LaunchdSample.Plist(
            "<key>ProgramArguments</key><array><string>/opt/app</string><string>--token</string><string>hunter2</string>"
            + "<string>API_KEY=hunter2</string><string>http://u:hunter2@h/</string><string>Authorization: Bearer hunter2</string>"
            + "<string>--mode=fast</string></array>");

        var shown = PlistRedaction.Redact(list, new HashSet<string>(), _ => "(hidden)");

        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        foreach (var word in new[] { "/opt/app", "--token", "API_KEY=(hidden)", "http://(hidden)@h/", "Authorization: (hidden)", "--mode=fast" })
            Assert.Contains($"<string>{word}</string>", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_foreign_values_and_secret_variables_are_hidden()
    {
        var text = PlistRedaction.Redact(
            """
            <plist><dict>
              <!-- hunter0 -->
              <key>Label</key><string>a.b</string>
              <key>ProgramArguments</key><array><string>/opt/app</string></array>
              <key>EnvironmentVariables</key><dict>
                <key>MODE</key><string>fast</string>
                <key>API_TOKEN</key><string>hunter1</string>
                <key>THEIRS</key><string>hunter2</string>
              </dict>
              <key>Sockets</key><dict><key>x</key><string>hunter3</string></dict>
              <key>ThrottleInterval</key><integer>10</integer>
            </dict></plist>
            """, Owned, _ => "?");

        Assert.DoesNotContain("hunter", text, StringComparison.Ordinal);
        Assert.Contains("\t<key>Label</key>\n\t<string>a.b</string>\n", text, StringComparison.Ordinal);
        Assert.Contains("\t\t<string>/opt/app</string>\n", text, StringComparison.Ordinal);
        Assert.Contains("\t\t<key>MODE</key>\n\t\t<string>fast</string>\n", text, StringComparison.Ordinal);
        Assert.Contains("\t\t<key>API_TOKEN</key>\n\t\t<string>?</string>\n", text, StringComparison.Ordinal);
        Assert.Contains("\t\t<key>THEIRS</key>\n\t\t<string>?</string>\n", text, StringComparison.Ordinal);
        Assert.Contains("\t<key>Sockets</key>\n\t<string>?</string>\n", text, StringComparison.Ordinal);
        Assert.Contains("\t<integer>10</integer>\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_file_is_hidden_as_a_whole() => Assert.Equal("?", PlistRedaction.Redact("hunter2", Owned, _ => "?"));
}
